// node main.mjs URL PASSWORD SECRET_KEY: the clients buy tickets, with the demo accounts. Prints the name of each
// client that passed.

import { createHash } from "node:crypto";
import { parse } from "graphql";
import WebSocket from "ws";

import { createApolloClient } from "./apollo.mjs";
import { createApollo3Client } from "./apollo3.mjs";
import { apolloBuyer } from "./apollo_buyer.mjs";
import { introspection, possibleTypes } from "./documents.mjs";
import { readLists } from "./lists.mjs";
import { run } from "./people.mjs";
import { createUrqlClient } from "./urql.mjs";
import { Records, urqlBuyer } from "./urql_buyer.mjs";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const apollo = { possibleTypes, sha256, webSocketImpl: WebSocket };

const opened = { url: process.argv[2], session: { headers: {} } };

const apolloLists = createApolloClient({ ...apollo, ...opened });
await readLists({
  query: async (text, variables) => (await apolloLists.query({ query: parse(text), variables })).data,
  more: async (text, variables) => {
    const list = apolloLists.watchQuery({ query: parse(text) });
    const shown = list.subscribe(() => {});
    await list.fetchMore({ variables });
    shown.unsubscribe();
    return apolloLists.readQuery({ query: parse(text) });
  },
  cached: (text, variables) => apolloLists.readQuery({ query: parse(text), variables }),
});
apolloLists.stop();

const urqlLists = createUrqlClient({ introspection, ...opened });
const urqlQuery = async (text, variables, context) => (await urqlLists.query(text, variables, context)).data;
await readLists({
  query: urqlQuery,
  more: urqlQuery,
  cached: (text, variables) => urqlQuery(text, variables, { requestPolicy: "cache-only" }),
});

await run(process.argv.slice(2), {
  "Apollo Client 4": (options, counter) => apolloBuyer(createApolloClient({ ...apollo, ...options }), counter),
  "Apollo Client 3": (options, counter) => apolloBuyer(createApollo3Client({ ...apollo, ...options }), counter),
  urql: (options, counter) => {
    const storage = new Records();
    const logger = (severity, message) => severity === "debug" || console.error(message);
    return urqlBuyer(createUrqlClient({ introspection, storage, logger, ...options }), storage, counter);
  },
});
