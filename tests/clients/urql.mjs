import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { authExchange } from "@urql/exchange-auth";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { persistedExchange } from "@urql/exchange-persisted";
import { createClient } from "graphql-sse";

import { patient } from "./patient_fetch.mjs";

// These types have no ID: they belong to the object they are in.
const WITHOUT_ID = ["CategoryPrice", "Cinema", "Money", "SeatChanges", "SeatMap", "SeatRow", "Session"];

export function createUrqlClient({ url, session, introspection, fetch = globalThis.fetch, storage, logger }) {
  const events = createClient({
    url,
    headers: () => session.headers,
    retryAttempts: Infinity,
  });
  return new Client({
    url,
    fetch: patient(fetch),
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: introspection,
        keys: Object.fromEntries(WITHOUT_ID.map((type) => [type, () => null])),
        resolvers: {
          Query: {
            movies: relayPagination(),
            shows: relayPagination(),
            // A show that a list has loaded is not loaded again.
            show: (_, { id }, cache) =>
              cache.resolve("Query", "show", { id }) === null ? null : { __typename: "Show", id },
          },
          User: { bookings: relayPagination() },
        },
        storage,
        logger,
      }),
      authExchange(async ({ appendHeaders }) => ({
        addAuthToOperation: (operation) => appendHeaders(operation, session.headers),
        didAuthError: ({ graphQLErrors }) => graphQLErrors.some((it) => it.extensions.code === "TOKEN_EXPIRED"),
        refreshAuth: () => session.refresh(),
      })),
      persistedExchange({ preferGetForPersistedQueries: false }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: events.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}
