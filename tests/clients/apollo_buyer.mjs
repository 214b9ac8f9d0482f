// Apollo Client for the flow, in version 3 or 4: both have the same methods.

import { documents } from "./documents.mjs";

export function apolloBuyer(client, counter) {
  const displayed = {};
  const subscriptions = [];
  const mutate = async (mutation, input, field) => {
    const { data } = await client.mutate({ mutation, variables: { input } });
    return data[field];
  };
  const follow = (query, variables) => {
    subscriptions.push(client.subscribe({ query, variables }).subscribe({ error: (error) => { throw error; } }));
  };
  return {
    async load(id) {
      const query = { query: documents.ShowPage, variables: { id } };
      const { data } = await client.query(query);
      subscriptions.push(client.watchQuery(query).subscribe(({ data }) => { displayed[id] = data.show; }));
      return data.show;
    },
    async viewer() {
      const { data } = await client.query({ query: documents.MyBookings, fetchPolicy: "network-only" });
      return data.me.username;
    },
    hold: (input) => mutate(documents.HoldSeats, input, "holdSeats"),
    cancel: (input) => mutate(documents.CancelBooking, input, "cancelBooking"),
    watch: (showId, since) => follow(documents.SeatChanges, { showId, since }),
    watchBookings: () => follow(documents.BookingChanges),
    cached: (id) => client.readQuery({ query: documents.ShowPage, variables: { id } }).show,
    displayed: (id) => displayed[id],
    bookingStatus: (id) => client.cache.extract()[`Booking:${id}`].status,
    seats: () => copies(client.cache.extract()),
    get requests() { return counter.requests; },
    stop: () => { subscriptions.forEach((it) => it.unsubscribe()); client.stop(); },
  };
}

/** The ids of all objects of the type ShowSeat in the cache, at any depth. */
function copies(value) {
  if (value === null || typeof value !== "object") return [];
  const own = value.__typename === "ShowSeat" ? [value.id] : [];
  return own.concat(...Object.values(value).map(copies));
}
