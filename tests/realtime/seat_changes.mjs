// What watch.mjs and watch_sse.mjs share: they watch a show and print a line of JSON for each connection and each change.

const [url, token, show, since] = process.argv.slice(2);
const query = `
  subscription ($show: ID!, $since: String) {
    seatChanges(showId: $show, since: $since) { cursor seats { label status mine } }
  }
`;
const variables = { show, since };
const print = (value) => console.log(JSON.stringify(value));

export const headers = { Authorization: `Bearer ${token}` };
export { url };

/** The pause before the clients connect again, which is shorter than by default. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

export const printConnection = () => print({ connected: variables.since });

/** Watches the show with `client`. The other arguments are those of its `subscribe`, after the sink. */
export function watch(client, ...options) {
  const next = ({ data, errors }) => {
    if (errors) throw new Error(JSON.stringify(errors));
    // The client sends these variables again when it reconnects.
    variables.since = data.seatChanges.cursor;
    print(data.seatChanges);
  };
  const error = (reason) => {
    console.error(reason);
    process.exit(1);
  };
  client.subscribe({ query, variables }, { next, error, complete: () => process.exit(0) }, ...options);
}
