import type { GraphQLClient } from "graphql-request";

import { ConfirmBookingDocument, HoldSeatsDocument, type HoldSeatsMutation } from "./__generated__/shop.js";

type Refusal = Exclude<NonNullable<HoldSeatsMutation["holdSeats"]>, { __typename: "Booking" }>;

/** What to display if seats cannot be held. The compiler checks the fields of each type. */
function explain(refusal: Refusal): string {
  switch (refusal.__typename) {
    case "SeatsTaken":
      return `${refusal.seats.join(", ")} are taken. Try ${refusal.alternatives.join(", ")}.`;
    case "Busy":
      return `Try again in ${refusal.retryAfterMs} ms.`;
    default:
      return refusal.message;
  }
}

/** Books the best seats of a show. Returns their labels. */
export async function bookBestSeats(client: GraphQLClient, showId: string, count: number): Promise<string[]> {
  const input = { showId, selection: { bestAvailable: { count } }, idempotencyKey: crypto.randomUUID() };
  const { holdSeats: held } = await client.request(HoldSeatsDocument, { input });
  if (held?.__typename !== "Booking") throw new Error(held ? explain(held) : "No result");
  const { confirmBooking } = await client.request(ConfirmBookingDocument, { input: { bookingId: held.id } });
  if (confirmBooking?.__typename !== "Booking") throw new Error(confirmBooking?.message);
  return confirmBooking.tickets.map((ticket) => ticket.showSeat.label);
}
