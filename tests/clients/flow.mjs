// What a buyer sees with a client that has a normalized cache, while others buy and a show is cancelled.

import { deepEqual, equal } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import { book, cancelShow, createShows, hold } from "./api.mjs";

const SECONDS = 20;
const SEATS = ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"];
const all = (state) => Object.fromEntries(SEATS.map((label) => [label, state]));

/** The parts of a show that change: only seats that are not available, with "mine" for those of the viewer. */
function summary({ status, seatsAvailable, seatMap }) {
  const seats = seatMap.rows.flatMap((row) => row.seats).filter((seat) => seat.status !== "AVAILABLE");
  const states = seats.map((seat) => [seat.label, seat.mine ? `${seat.status} mine` : seat.status]);
  return { status, seatsAvailable, ...Object.fromEntries(states) };
}

async function eventually(actual, expected, what) {
  const end = Date.now() + 1000 * SECONDS;
  while (!isDeepStrictEqual(actual(), expected) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  deepEqual(actual(), expected, what);
}

/**
 * Runs the flow with a client, and returns the id of the show that was not cancelled:
 *
 * - `load(id)`, `hold(input)` and `cancel(input)` send a request and resolve to the field.
 * - `watch(showId, since)` and `watchBookings()` subscribe.
 * - `cached(id)` is the show in the cache. It must fail if a field is missing.
 * - `displayed(id)` is the show as a component that has loaded it displays it.
 * - `bookingStatus(id)` is the status of a booking in the cache.
 * - `seats()` are the ids of all copies of seats in the cache.
 * - `requests` is the number of requests so far.
 */
export async function buy({ url, other, staff, name }, client) {
  const [first, second] = await createShows(url, staff, name);

  const shows = ([one, two], what) =>
    eventually(
      () => [first, second].flatMap((id) => [client.cached(id), client.displayed(id)].map(summary)),
      [one, one, two, two],
      `${name}: ${what}`,
    );
  const untouched = { status: "ON_SALE", seatsAvailable: 8 };

  const loaded = [await client.load(first), await client.load(second)];
  const seats = new Set(loaded.flatMap((show) => show.seatMap.rows.flatMap((row) => row.seats.map(({ id }) => id))));
  equal(seats.size, 2 * SEATS.length);
  await shows([untouched, untouched], "loaded");

  // Without a subscription, the result of the mutation updates the seats and the show.
  const booking = await client.hold({ showId: first, selection: { seats: ["A1", "A2"] } });
  equal(booking.status, "HELD");
  const held = { status: "ON_SALE", seatsAvailable: 6, A1: "HELD mine", A2: "HELD mine" };
  await shows([held, untouched], "held");

  // The cursor is from before the hold: seats may be sent again.
  await client.watch(first, loaded[0].seatMap.cursor);
  await client.watch(second, null);
  await client.watchBookings();
  await hold(url, other, first, "B1");
  await shows([{ ...held, seatsAvailable: 5, B1: "HELD" }, untouched], "another buyer's seat");

  await book(url, other, second, "A1");
  const others = { status: "ON_SALE", seatsAvailable: 7, A1: "BOOKED" };
  await shows([{ ...held, seatsAvailable: 5, B1: "HELD" }, others], "the same seat in another show");

  await book(url, other, first, "B3");
  const refusal = await client.hold({ showId: first, selection: { seats: ["B2", "B3"] } });
  equal(refusal.__typename, "SeatsTaken");
  deepEqual(refusal.seats, ["B3"]);
  await shows([{ ...held, seatsAvailable: 4, B1: "HELD", B3: "BOOKED" }, others], "a lost seat");

  const partly = await client.cancel({ bookingId: booking.id, seats: ["A2"] });
  equal(partly.status, "HELD");
  const one = { status: "ON_SALE", seatsAvailable: 5, A1: "HELD mine", B1: "HELD", B3: "BOOKED" };
  await shows([one, others], "a released seat");

  const cancelled = await client.cancel({ bookingId: booking.id });
  equal(cancelled.status, "CANCELLED");
  await shows([{ status: "ON_SALE", seatsAvailable: 6, B1: "HELD", B3: "BOOKED" }, others], "a released hold");

  const last = await client.hold({ showId: first, selection: { seats: ["A3"] } });
  await cancelShow(url, staff, first);
  await shows([{ status: "CANCELLED", seatsAvailable: 0, ...all("BLOCKED") }, others], "a cancelled show");
  await eventually(() => client.bookingStatus(last.id), "CANCELLED", `${name}: the booking of a cancelled show`);

  // The cache also has seats of the bookings of other flows.
  const copies = () => client.seats().filter((id) => seats.has(id)).sort();
  await eventually(copies, [...seats].sort(), `${name}: one record for each seat`);
  equal(client.requests, 7, `${name}: two shows, three holds and two cancellations`);
  return second;
}
