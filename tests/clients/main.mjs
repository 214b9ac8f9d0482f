// node main.mjs URL PASSWORD SECRET_KEY: the clients buy tickets, with the demo accounts. Prints the name of each
// client that passed.

import { createHash } from "node:crypto";
import WebSocket from "ws";

import { createApolloClient } from "./apollo.mjs";
import { createApollo3Client } from "./apollo3.mjs";
import { apolloBuyer } from "./apollo_buyer.mjs";
import { introspection, possibleTypes } from "./documents.mjs";
import { run } from "./people.mjs";
import { createUrqlClient } from "./urql.mjs";
import { Records, urqlBuyer } from "./urql_buyer.mjs";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const apollo = { possibleTypes, sha256, webSocketImpl: WebSocket };

await run(process.argv.slice(2), {
  "Apollo Client 4": (options, counter) => apolloBuyer(createApolloClient({ ...apollo, ...options }), counter),
  "Apollo Client 3": (options, counter) => apolloBuyer(createApollo3Client({ ...apollo, ...options }), counter),
  urql: (options, counter) => {
    const storage = new Records();
    const logger = (severity, message) => severity === "debug" || console.error(message);
    return urqlBuyer(createUrqlClient({ introspection, storage, logger, ...options }), storage, counter);
  },
});
