// The people of the flows, and the order of the flows.

import { request } from "./api.mjs";
import { buy } from "./flow.mjs";
import { recover } from "./recovery.mjs";
import { Session } from "./session.mjs";

const LOGIN = `
  mutation ($input: LoginInput!) { login(input: $input) { ... on Session { accessToken refreshToken } } }
`;

// A warning of a client means that its cache may be wrong.
for (const level of ["warn", "error"]) {
  console[level] = (...details) => { throw new Error(details.join(" ")); };
}

/** A `fetch` that counts the requests that the server executes. It does not know the hash of a new document. */
function counting() {
  let requests = 0;
  return {
    get requests() { return requests; },
    fetch: async (...args) => {
      const response = await fetch(...args);
      if (!(await response.clone().text()).includes("PERSISTED_QUERY_NOT_FOUND")) requests++;
      return response;
    },
  };
}

/**
 * Runs the flows with each client, as the demo account "alice", and prints its name. `clients` are functions by name. They
 * get the options `url`, `session` and `fetch` and a counter, and return a client as described in `flow.mjs`.
 */
export async function run([url, password, secret], clients) {
  const logIn = async (username) => (await request(url, LOGIN, { input: { username, password } })).login;
  const [staff, alice, bob] = [await logIn("staff"), await logIn("alice"), await logIn("bob")];
  const session = new Session(url, alice);
  for (const [name, open] of Object.entries(clients)) {
    const create = (options, counter) => open({ url, session, ...options }, counter);
    const counter = counting();
    const client = create({ fetch: counter.fetch }, counter);
    const showId = await buy({ url, other: bob.accessToken, staff: staff.accessToken, name }, client);
    client.stop();
    await recover({ url, session, secret, showId, name }, create);
    console.log(name);
  }
  process.exit();
}
