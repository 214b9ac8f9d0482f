// Live updates of the seats of a show: a subscription, and queries while there is no connection.
//
// The server sends states, not events: each message has the current state of the changed seats and a cursor. After a
// reconnect, the last cursor returns everything that has changed since, so no change is missed.

import { request } from "./api.js";
import { SEAT_CHANGES, WATCH_SEATS } from "./operations.js";
import { Subscription } from "./subscription.js";

// In milliseconds.
const POLL_INTERVAL = 3_000;

export class SeatUpdates {
  #showId;
  #cursor;
  #callbacks;
  #connection = null;
  #isPolling = false;
  #isStopped = false;
  #subscription;

  /** Watches the seats of a show from `cursor` on, until `stop()`.
   *
   * onShow(show) receives the current state of the show, and onSeats(seats) that of seats. onConnection(state) receives
   * "live", "polling" (a few seconds late) or "offline". onCursorRejected() means that the cursor is no longer valid:
   * read the seat map again.
   */
  constructor(showId, cursor, callbacks) {
    this.#showId = showId;
    this.#cursor = cursor;
    this.#callbacks = callbacks;
    this.#subscription = new Subscription({
      getRequest: () => ({ query: WATCH_SEATS, variables: { showId, since: this.#cursor } }),
      onData: ({ seatChanges }) => this.#applyChanges(seatChanges),
      onError: ({ extensions }) => this.#stopIfRejected(extensions),
      onConnected: () => this.#setConnection("live"),
      onDisconnected: () => this.#handleDisconnect(),
    });
  }

  stop() {
    this.#isStopped = true;
    this.#subscription.stop();
  }

  #setConnection(state) {
    if (this.#isStopped || state === this.#connection) return;
    this.#connection = state;
    this.#callbacks.onConnection(state);
  }

  #applyChanges({ cursor, seats, show }) {
    this.#cursor = cursor;
    if (seats.length) this.#callbacks.onSeats(seats);
    this.#callbacks.onShow(show);
  }

  /** Stops if a retry cannot help: the cursor is too old, or the show no longer exists. Returns whether it stopped. */
  #stopIfRejected({ code }) {
    if (!["BAD_USER_INPUT", "NOT_FOUND"].includes(code)) return false;
    this.stop();
    this.#callbacks.onCursorRejected();
    return true;
  }

  #handleDisconnect() {
    if (this.#connection === "live") this.#setConnection("offline");
    this.#poll();
  }

  async #poll() {
    if (this.#isPolling) return;
    this.#isPolling = true;
    while (this.#connection !== "live" && !this.#isStopped) {
      await this.#readChanges();
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    }
    this.#isPolling = false;
  }

  async #readChanges() {
    try {
      const { seatChanges } = await request(SEAT_CHANGES, { showId: this.#showId, since: this.#cursor });
      if (this.#connection === "live" || this.#isStopped) return;
      this.#applyChanges(seatChanges);
      this.#setConnection("polling");
    } catch (error) {
      if (this.#connection !== "live" && !this.#stopIfRejected(error)) this.#setConnection("offline");
    }
  }
}
