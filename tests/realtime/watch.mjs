// node watch.mjs URL TOKEN SHOW CURSOR: graphql-ws, the reference client, watches a show and resumes after a reconnect.

import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { headers, pause, printConnection, url, watch } from "./seat_changes.mjs";

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: headers,
  // Reconnect after any error.
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: pause,
  on: { connected: printConnection },
});

watch(client);
