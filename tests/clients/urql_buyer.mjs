// urql with Graphcache for the flow.

import { documents } from "./documents.mjs";

/** The records of the cache: a storage as for offline use. */
export class Records {
  #fields = {};

  readData = async () => ({});

  writeData = async (changed) => { Object.assign(this.#fields, changed); };

  get(record, field) {
    const value = this.#fields[`${record}.${field}`];
    return value && JSON.parse(value);
  }

  /** The ids of the records of a type. A copy inside another record has the key of its record as a prefix. */
  ids(type) {
    return Object.keys(this.#fields)
      .filter((key) => key.endsWith(".__typename"))
      .map((key) => key.split(".")[0])
      .filter((record) => this.get(record, "__typename") === type)
      .map((record) => this.get(record, "id"));
  }
}

export function urqlBuyer(client, records, counter) {
  const displayed = {};
  const subscriptions = [];
  const checked = ({ data, error }) => {
    if (error) throw error;
    return data;
  };
  const mutate = async (mutation, input, field) => checked(await client.mutation(mutation, { input }))[field];
  const follow = (query, variables) => {
    subscriptions.push(client.subscription(query, variables).subscribe(checked));
  };
  const fromCache = (query, variables) => client.readQuery(query, variables, { requestPolicy: "cache-only" }).data;
  return {
    async load(id) {
      const { show } = checked(await client.query(documents.ShowPage, { id }));
      const display = ({ data }) => { displayed[id] = data.show; };
      subscriptions.push(client.query(documents.ShowPage, { id }).subscribe(display));
      return show;
    },
    async viewer() {
      const policy = { requestPolicy: "network-only" };
      return checked(await client.query(documents.MyBookings, {}, policy)).me.username;
    },
    hold: (input) => mutate(documents.HoldSeats, input, "holdSeats"),
    cancel: (input) => mutate(documents.CancelBooking, input, "cancelBooking"),
    watch: (showId, since) => follow(documents.SeatChanges, { showId, since }),
    watchBookings: () => follow(documents.BookingChanges),
    cached: (id) => fromCache(documents.ShowPage, { id }).show,
    displayed: (id) => displayed[id],
    bookingStatus: (id) => records.get(`Booking:${id}`, "status"),
    seats: () => records.ids("ShowSeat"),
    get requests() { return counter.requests; },
    stop: () => subscriptions.forEach((it) => it.unsubscribe()),
  };
}
