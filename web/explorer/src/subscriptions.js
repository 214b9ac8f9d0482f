// Runs subscriptions over a WebSocket at the URL of the API.

import { createClient } from "graphql-ws";

import { ENDPOINT, mergeHeaders, refresh } from "./api.js";
import * as session from "./session.js";

// The WebSocket close code for a rejected or expired token.
const TOKEN_REJECTED = 4403;

/** Returns the results of a subscription as an Observable. Each new connection sends the current access token. */
export function watch(parameters, userHeaders) {
  return {
    subscribe(sink) {
      const client = createClient({ url: ENDPOINT.href.replace(/^http/, "ws"), ...authentication(userHeaders) });
      const unsubscribe = client.subscribe(parameters, {
        next: (result) => sink.next(result),
        error: (error) => sink.error(toMessage(error)),
        complete: () => sink.complete(),
      });
      return { unsubscribe };
    },
  };
}

/** Returns client options that send the access token, and refresh it before reconnecting if it was rejected. */
function authentication(userHeaders) {
  let sentToken;
  let isRejected = false;
  return {
    connectionParams: async () => {
      if (isRejected) {
        await refresh(sentToken);
      }
      sentToken = session.current()?.accessToken;
      const authorization = mergeHeaders(userHeaders).get("Authorization");
      return authorization ? { Authorization: authorization } : {};
    },
    on: {
      closed: ({ code }) => {
        isRejected = code === TOKEN_REJECTED;
      },
    },
  };
}

function toMessage(error) {
  if (error instanceof CloseEvent) {
    return { message: `The connection was closed: ${error.reason || "no reason given"} (${error.code}).` };
  }
  return error instanceof Error ? { message: error.message } : error;
}
