// Pages of a list are merged, and a show of a list is not loaded again.

import { deepEqual, equal } from "node:assert/strict";
import { gql } from "graphql-request";

const MOVIES = gql`
  query Movies($after: String) {
    movies(first: 3, after: $after, orderBy: TITLE_ASC) {
      edges { cursor node { id title } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const SHOWS = gql`{ shows(first: 1) { edges { cursor node { id startsAt } } pageInfo { hasNextPage endCursor } } }`;
const SHOW = gql`query ($id: ID!) { show(id: $id) { id startsAt } }`;

/** `query(text, variables)` resolves to data from the network, and `more` to the list with the next page. */
export async function readLists({ query, more, cached }) {
  const { movies: page } = await query(MOVIES, {});
  equal(page.edges.length, 3);
  const { movies } = await more(MOVIES, { after: page.pageInfo.endCursor });
  const titles = movies.edges.map(({ node }) => node.title);
  deepEqual([titles.length, new Set(titles).size], [6, 6]);

  const { shows } = await query(SHOWS, {});
  const [{ node }] = shows.edges;
  const { show } = await cached(SHOW, { id: node.id });
  equal(show.startsAt, node.startsAt);

  equal((await query(SHOW, { id: "U2hvdzo5OTk5OTk5" })).show, null);
}
