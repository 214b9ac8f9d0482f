// node watch.mjs URL TOKEN SHOW CURSOR: graphql-ws, the reference client, watches a show and goes on where it was.
// A line of JSON whenever it has been connected, and for each change.

import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, show, since] = process.argv.slice(2);
const query = `
  subscription ($show: ID!, $since: String) {
    seatChanges(showId: $show, since: $since) { cursor seats { label status mine } }
  }
`;
const variables = { show, since };
const tell = (something) => console.log(JSON.stringify(something));

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
  // Whatever ended the connection, it comes back; sooner than it would by default.
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 200)),
  on: { connected: () => tell({ connected: variables.since }) },
});

client.subscribe(
  { query, variables },
  {
    next: ({ data, errors }) => {
      if (errors) throw new Error(JSON.stringify(errors));
      // The client sends these variables again when it comes back.
      variables.since = data.seatChanges.cursor;
      tell(data.seatChanges);
    },
    error: (error) => {
      console.error(error);
      process.exit(1);
    },
    complete: () => process.exit(0),
  },
);
