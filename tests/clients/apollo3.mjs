// Apollo Client 3: the cache and the links have other names than in version 4.

import { createRequire } from "node:module";
import { createClient } from "graphql-ws";

import { patient } from "./patient_fetch.mjs";

// Node finds only the CommonJS files of version 3.
const require = createRequire(import.meta.url);
const { ApolloClient, HttpLink, InMemoryCache, from, fromPromise, split } = require("apollo-client-3/core");
const { setContext } = require("apollo-client-3/link/context");
const { onError } = require("apollo-client-3/link/error");
const { createPersistedQueryLink } = require("apollo-client-3/link/persisted-queries");
const { GraphQLWsLink } = require("apollo-client-3/link/subscriptions");
const { getMainDefinition } = require("apollo-client-3/utilities");

export function createApollo3Client({ url, session, possibleTypes, sha256, webSocketImpl, fetch = globalThis.fetch }) {
  const requests = from([
    onError(({ graphQLErrors, operation, forward }) => {
      if (graphQLErrors?.some((it) => it.extensions.code === "TOKEN_EXPIRED")) {
        return fromPromise(session.refresh()).flatMap(() => forward(operation));
      }
    }),
    setContext((_, { headers }) => ({ headers: { ...headers, ...session.headers } })),
    createPersistedQueryLink({ sha256 }),
    new HttpLink({ uri: url, fetch: patient(fetch) }),
  ]);
  const subscriptions = new GraphQLWsLink(
    createClient({ url: url.replace(/^http/, "ws"), webSocketImpl, connectionParams: () => session.headers }),
  );
  const isSubscription = ({ query }) => getMainDefinition(query).operation === "subscription";
  return new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies: { Money: { merge: true }, SeatMap: { merge: true } } }),
    link: split(isSubscription, subscriptions, requests),
  });
}
