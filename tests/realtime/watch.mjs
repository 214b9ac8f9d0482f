// node watch.mjs URL TOKEN SHOW CURSOR: graphql-ws, the reference client, watches a show and resumes after a reconnect.
// It prints a line of JSON for each connection and for each change.

import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, show, since] = process.argv.slice(2);
const query = `
  subscription ($show: ID!, $since: String) {
    seatChanges(showId: $show, since: $since) { cursor seats { label status mine } }
  }
`;
const variables = { show, since };
const print = (value) => console.log(JSON.stringify(value));

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
  // Reconnect after any error, sooner than by default.
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 200)),
  on: { connected: () => print({ connected: variables.since }) },
});

client.subscribe(
  { query, variables },
  {
    next: ({ data, errors }) => {
      if (errors) throw new Error(JSON.stringify(errors));
      // The client sends these variables again when it reconnects.
      variables.since = data.seatChanges.cursor;
      print(data.seatChanges);
    },
    error: (error) => {
      console.error(error);
      process.exit(1);
    },
    complete: () => process.exit(0),
  },
);
