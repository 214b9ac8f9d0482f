// node persisted.mjs URL: Apollo Client and urql send queries as automatic persisted queries.
// It prints, for each client, the data and the requests: the method, and whether it has the hash and the text.

import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

const [url] = process.argv.slice(2);
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** A `fetch` that adds what it sends to `requests`. */
function recording(requests) {
  return (address, options) => {
    const sent = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(address, url).searchParams);
    requests.push([options.method ?? "GET", JSON.stringify(sent.extensions).includes("sha256Hash"), Boolean(sent.query)]);
    return fetch(address, options);
  };
}

async function apollo(name, useGETForHashedQueries) {
  const requests = [];
  const http = new HttpLink({ uri: url, fetch: recording(requests) });
  const link = new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(http);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const query = gql(`query ${name} { movies(first: 1) { totalCount } }`);
  const results = [];
  for (let i = 0; i < 2; i++) results.push(await client.query({ query, fetchPolicy: "no-cache" }));
  return { data: results.map(({ data }) => data), requests };
}

async function urql(name, preferGetForPersistedQueries) {
  const requests = [];
  const client = new Client({
    url,
    fetch: recording(requests),
    preferGetMethod: false,
    exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
  });
  const query = `query ${name} { movies(first: 1) { totalCount } }`;
  const results = [];
  for (let i = 0; i < 2; i++) results.push(await client.query(query, {}).toPromise());
  return { data: results.map(({ data }) => data), requests };
}

console.log(
  JSON.stringify({
    "apollo POST": await apollo("ApolloPost", false),
    "apollo GET": await apollo("ApolloGet", true),
    "urql POST": await urql("UrqlPost", false),
    "urql GET": await urql("UrqlGet", "force"),
  }),
);
