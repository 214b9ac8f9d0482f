import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { RetryLink } from "@apollo/client/link/retry";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { createClient } from "graphql-ws";
import { from, map, mergeMap } from "rxjs";

/** The cache. `possibleTypes` lists the types of interfaces and unions. */
export const createCache = (possibleTypes) =>
  new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Query: {
        fields: {
          movies: relayStylePagination(["filter", "orderBy"]),
          shows: relayStylePagination(["filter", "orderBy"]),
          // A show that a list has loaded is not loaded again.
          show: {
            read: (known, { args, toReference }) =>
              known === undefined ? toReference({ __typename: "Show", id: args.id }) : known,
          },
        },
      },
      User: { fields: { bookings: relayStylePagination(["filter"]) } },
      // These have no ID: they belong to the object they are in.
      Money: { merge: true },
      SeatMap: { merge: true },
    },
  });

/** Sends the access token, and refreshes it if it has expired. */
const authentication = (session) =>
  ApolloLink.from([
    new ErrorLink(({ error, operation, forward }) => {
      if (CombinedGraphQLErrors.is(error) && error.errors.some((it) => it.extensions?.code === "TOKEN_EXPIRED")) {
        return from(session.refresh()).pipe(mergeMap(() => forward(operation)));
      }
    }),
    new SetContextLink(({ headers }) => ({ headers: { ...headers, ...session.headers } })),
  ]);

class TryAgain extends Error {
  constructor(milliseconds) {
    super("The server is busy.");
    this.milliseconds = milliseconds;
  }
}

/** Repeats a request if the server is busy, after the time that the server asks for. */
const patience = () =>
  ApolloLink.from([
    new RetryLink({
      attempts: (count, _, error) => count < 5 && (error instanceof TryAgain || error.statusCode === 503),
      delay: (_, __, error) => error.milliseconds ?? 1000 * Number(error.response.headers.get("Retry-After") ?? 1),
    }),
    new ApolloLink((operation, forward) =>
      forward(operation).pipe(
        map((result) => {
          const unavailable = result.errors?.find((it) => it.extensions?.code === "SERVICE_UNAVAILABLE")?.extensions;
          const busy = Object.values(result.data ?? {}).find((field) => field?.__typename === "Busy");
          if (unavailable || busy) throw new TryAgain((unavailable ?? busy).retryAfterMs);
          return result;
        }),
      ),
    ),
  ]);

export function createApolloClient({ url, session, possibleTypes, sha256, webSocketImpl, fetch }) {
  const requests = ApolloLink.from([
    authentication(session),
    patience(),
    new PersistedQueryLink({ sha256 }),
    new HttpLink({ uri: url, fetch }),
  ]);
  const subscriptions = new GraphQLWsLink(
    createClient({
      url: url.replace(/^http/, "ws"),
      webSocketImpl, // not needed in browsers
      connectionParams: () => session.headers,
      retryAttempts: Infinity,
      shouldRetry: () => true, // also while the server cannot be reached
      on: { closed: ({ code }) => code === 4403 && session.refresh() },
    }),
  );
  return new ApolloClient({
    cache: createCache(possibleTypes),
    link: ApolloLink.split(({ operationType }) => operationType === "subscription", subscriptions, requests),
  });
}
