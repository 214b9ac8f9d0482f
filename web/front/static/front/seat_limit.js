// The seats of a show that the user has, and how many one person can have.

import { pluralize } from "./format.js";

/** The number of seats in the seat map that are held or booked by the user. */
export function countOwnSeats(seatMap) {
  return [...seatMap.seats.values()].filter(({ mine }) => mine).length;
}

/** The labels of the seats in the seat map that are booked by the user. */
export function bookedLabels(seatMap) {
  const own = [...seatMap.seats.values()].filter(({ mine, status }) => mine && status === "BOOKED");
  return own.map(({ label }) => label);
}

/** Says how many seats a person can book, and how many the user has. */
export function limitMessage(seatsPerPerson, seatMap) {
  const own = countOwnSeats(seatMap);
  const limit = `You can book up to ${pluralize(seatsPerPerson, "seat")} per show`;
  return own ? `${limit}; you already have ${own}.` : `${limit}.`;
}
