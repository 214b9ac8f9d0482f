// Requests without a client library, for what other people do.

import { randomUUID } from "node:crypto";

import { patient } from "./patient_fetch.mjs";

/** Returns the data of a response. */
export async function request(url, query, variables = {}, token = undefined) {
  const response = await patient(fetch)(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const NEW_SHOW = `
  mutation ($input: CreateShowInput!) { createShow(input: $input) { ... on Show { id } } }
`;
const NEW_SCREEN = `
  mutation ($input: CreateScreenInput!) { createScreen(input: $input) { ... on Screen { id } } }
`;
const FIRST = "{ theaters(first: 1) { nodes { id } } movies(first: 1) { nodes { id } } }";
const DAYS = 24 * 3600 * 1000;

/** Two shows with the same eight seats, A1 to B4. They are neither the first nor the last shows of the demo data. */
export async function createShows(url, staff, name) {
  const { theaters, movies } = await request(url, FIRST);
  const screenName = `${name} ${randomUUID().slice(0, 8)}`;
  const plan = { theaterId: theaters.nodes[0].id, name: screenName, rows: ["SSSS", "SSSS"] };
  const { createScreen: screen } = await request(url, NEW_SCREEN, { input: plan }, staff);
  const shows = [];
  for (const days of [2, 3]) {
    const input = {
      movieId: movies.nodes[0].id,
      screenId: screen.id,
      startsAt: new Date(Date.now() + days * DAYS).toISOString(),
      prices: [{ category: "STANDARD", amount: "10" }],
    };
    shows.push((await request(url, NEW_SHOW, { input }, staff)).createShow.id);
  }
  return shows;
}

const HOLD = "mutation ($input: HoldSeatsInput!) { result: holdSeats(input: $input) { __typename } }";
const BOOK = "mutation ($input: BookSeatInput!) { result: bookSeat(input: $input) { __typename } }";

export const hold = (url, buyer, showId, seat) => booking(url, HOLD, { showId, selection: { seats: [seat] } }, buyer);
export const book = (url, buyer, showId, seat) => booking(url, BOOK, { showId, seat }, buyer);

async function booking(url, mutation, input, buyer) {
  const { result } = await request(url, mutation, { input }, buyer);
  if (result.__typename !== "Booking") throw new Error(`${JSON.stringify(input)}: ${result.__typename}`);
}

const CANCEL = "mutation ($id: ID!) { cancelShow(input: { showId: $id }) { __typename } }";

export const cancelShow = (url, staff, id) => request(url, CANCEL, { id }, staff);
