// The seats of a show as they change: graphql-transport-ws over a WebSocket, and plain queries while there is none.
//
// The server sends states, not events: each message has what its seats are now, and a cursor. Who comes back with the
// last cursor is told of everything since, so nothing is missed, whatever happened to the connection.

import { ADDRESS, ask, freshToken } from "./api.js";
import { LOOK, WATCH } from "./documents.js";
import { current } from "./session.js";

// In milliseconds.
const POLL = 3_000;
const SILENCE = 5_000;
const LONGEST_PAUSE = 15_000;
const TOKEN_IS_OVER = 4403;

export class Live {
  #show;
  #cursor;
  #on;
  #state = null;
  #socket = null;
  #attempts = 0;
  #isPolling = false;
  #isOver = false;
  #timers = {};

  /** Watches the show from `cursor` on, until `stop()`.
   *
   * onSeats(seats) tells what seats are now; onState(state) whether that can be relied on: "live", "polling" (some
   * seconds late) or "offline"; onLost() that the cursor is good no longer, so that the house has to be read anew.
   */
  constructor(show, cursor, { onSeats, onState, onLost }) {
    this.#show = show;
    this.#cursor = cursor;
    this.#on = { onSeats, onState, onLost };
    addEventListener("online", this.#hurry);
    addEventListener("offline", this.#drop);
    this.#connect();
  }

  stop() {
    this.#isOver = true;
    removeEventListener("online", this.#hurry);
    removeEventListener("offline", this.#drop);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#socket?.close();
  }

  #become(state) {
    if (this.#isOver || state === this.#state) return;
    this.#state = state;
    this.#on.onState(state);
  }

  #learn({ cursor, seats }) {
    this.#cursor = cursor;
    if (seats.length) this.#on.onSeats(seats);
  }

  /** What the server does not take now it will not take later: a cursor too old, a show that is gone. */
  #refused({ code }) {
    if (!["BAD_USER_INPUT", "NOT_FOUND"].includes(code)) return false;
    this.stop();
    this.#on.onLost();
    return true;
  }

  // -------------------------------------------------------------------- the socket

  #connect() {
    clearTimeout(this.#timers.connect);
    const address = new URL(ADDRESS, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const session = current();
    const socket = new WebSocket(address, "graphql-transport-ws");
    this.#socket = socket;
    const payload = session ? { Authorization: `Bearer ${session.accessToken}` } : {};
    socket.onopen = () => this.#send({ type: "connection_init", payload });
    socket.onmessage = ({ data }) => this.#socket === socket && this.#hear(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lose(code === TOKEN_IS_OVER ? session : null);
    this.#expectMore();
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #hear({ type, payload }) {
    this.#expectMore();
    if (type === "connection_ack") this.#subscribe();
    if (type === "ping") this.#send({ type: "pong" });
    if (type === "next" && payload.data) this.#learn(payload.data.seatChanges);
    if (type === "error" || payload?.errors) this.#refused((payload.errors ?? payload)[0].extensions) || this.#drop();
    if (type === "complete") this.#drop();
  }

  #subscribe() {
    const variables = { showId: this.#show, since: this.#cursor };
    this.#send({ type: "subscribe", id: "seats", payload: { query: WATCH, variables } });
    this.#attempts = 0;
    this.#become("live");
  }

  /** A connection that says nothing, not even when asked to, is none; browsers take minutes to notice. */
  #expectMore() {
    clearTimeout(this.#timers.ping);
    clearTimeout(this.#timers.silence);
    this.#timers.ping = setTimeout(() => this.#send({ type: "ping" }), SILENCE);
    this.#timers.silence = setTimeout(this.#drop, 2 * SILENCE);
  }

  #drop = () => {
    const socket = this.#socket;
    if (!socket) return;
    this.#lose(null);
    socket.close();
  };

  #hurry = () => {
    if (!this.#socket) this.#connect();
  };

  async #lose(refused) {
    this.#socket = null;
    clearTimeout(this.#timers.ping);
    clearTimeout(this.#timers.silence);
    if (this.#isOver) return;
    if (this.#state === "live") this.#become("offline");
    this.#poll();
    if (refused) await freshToken(refused).catch(() => undefined);
    if (this.#isOver || this.#socket) return;
    const pause = Math.min(500 * 2 ** this.#attempts, LONGEST_PAUSE) * (0.5 + Math.random());
    this.#attempts += 1;
    this.#timers.connect = setTimeout(() => this.#connect(), pause);
  }

  // -------------------------------------------------------------------- queries while there is none

  async #poll() {
    if (this.#isPolling) return;
    this.#isPolling = true;
    while (this.#state !== "live" && !this.#isOver) {
      await this.#look();
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    this.#isPolling = false;
  }

  async #look() {
    try {
      const { seatChanges } = await ask(LOOK, { showId: this.#show, since: this.#cursor });
      if (this.#state === "live" || this.#isOver) return;
      this.#learn(seatChanges);
      this.#become("polling");
    } catch (error) {
      if (this.#state !== "live" && !this.#refused(error)) this.#become("offline");
    }
  }
}
