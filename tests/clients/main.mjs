// node main.mjs URL PASSWORD SECRET_KEY: the clients buy tickets, with the demo accounts. Prints the name of each
// client that passed.

import { createHash } from "node:crypto";
import WebSocket from "ws";

import { request } from "./api.mjs";
import { createApolloClient } from "./apollo.mjs";
import { createApollo3Client } from "./apollo3.mjs";
import { apolloBuyer } from "./apollo_buyer.mjs";
import { introspection, possibleTypes } from "./documents.mjs";
import { buy } from "./flow.mjs";
import { recover } from "./recovery.mjs";
import { Session } from "./session.mjs";
import { createUrqlClient } from "./urql.mjs";
import { Records, urqlBuyer } from "./urql_buyer.mjs";

const [url, password, secret] = process.argv.slice(2);
const LOGIN = `
  mutation ($input: LoginInput!) { login(input: $input) { ... on Session { accessToken refreshToken } } }
`;
const logIn = async (username) => (await request(url, LOGIN, { input: { username, password } })).login;
const [staff, alice, bob] = [await logIn("staff"), await logIn("alice"), await logIn("bob")];
const common = { url, possibleTypes, introspection, session: new Session(url, alice), webSocketImpl: WebSocket };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

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

const clients = {
  "Apollo Client 4": (options, counter) => apolloBuyer(createApolloClient({ ...common, sha256, ...options }), counter),
  "Apollo Client 3": (options, counter) => apolloBuyer(createApollo3Client({ ...common, sha256, ...options }), counter),
  urql: (options, counter) => {
    const records = new Records();
    const logger = (severity, message) => severity === "debug" || console.error(message);
    return urqlBuyer(createUrqlClient({ ...common, storage: records, logger, ...options }), records, counter);
  },
};

const people = { other: bob.accessToken, staff: staff.accessToken };
for (const [name, create] of Object.entries(clients)) {
  const counter = counting();
  const client = create({ fetch: counter.fetch }, counter);
  const showId = await buy({ url, ...people, name }, client);
  client.stop();
  await recover({ url, session: common.session, secret, showId, name }, create);
  console.log(name);
}
process.exit();
