// node watch_sse.mjs URL TOKEN SHOW CURSOR: graphql-sse, the reference client, watches a show and resumes after a
// reconnect. It prints a line of JSON for each connection and for each change.

import { createClient } from "graphql-sse";

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
  headers: { Authorization: `Bearer ${token}` },
  // Reconnect after any error, sooner than by default.
  retryAttempts: Infinity,
  retry: () => new Promise((resolve) => setTimeout(resolve, 200)),
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
  { connected: () => print({ connected: variables.since }) },
);
