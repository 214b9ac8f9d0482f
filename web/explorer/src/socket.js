// Subscriptions, over a WebSocket at the API's own address.

import { createClient } from "graphql-ws";

import { ADDRESS, headersWith, refresh } from "./http.js";
import * as session from "./session.js";

const TOKEN_REFUSED = 4403;

/** What a subscription sends, as an Observable. Each connection says who is signed in when it is made. */
export function watch(request, byHand) {
  return {
    subscribe(sink) {
      const client = createClient({ url: ADDRESS.href.replace(/^http/, "ws"), ...identity(byHand) });
      const unsubscribe = client.subscribe(request, {
        next: (answer) => sink.next(answer),
        error: (error) => sink.error(readable(error)),
        complete: () => sink.complete(),
      });
      return { unsubscribe };
    },
  };
}

/** Options of the client: the token with each connection, a new one after a connection that was refused it. */
function identity(byHand) {
  let sent;
  let isRefused = false;
  return {
    connectionParams: async () => {
      if (isRefused) {
        await refresh(sent);
      }
      sent = session.current()?.accessToken;
      const authorization = headersWith(byHand).get("Authorization");
      return authorization ? { Authorization: authorization } : {};
    },
    on: {
      closed: ({ code }) => {
        isRefused = code === TOKEN_REFUSED;
      },
    },
  };
}

function readable(error) {
  if (error instanceof CloseEvent) {
    return { message: `The connection was closed: ${error.reason || "no reason was given"} (${error.code}).` };
  }
  return error instanceof Error ? { message: error.message } : error;
}
