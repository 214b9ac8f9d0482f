// Live updates of the seats of a show: graphql-transport-ws over a WebSocket, and queries while there is no connection.
//
// The server sends states, not events: each message has the current state of the changed seats and a cursor. After a
// reconnect, the last cursor returns everything that has changed since, so no change is missed.

import { ENDPOINT, refreshAccessToken, request } from "./api.js";
import { SEAT_CHANGES, WATCH_SEATS } from "./operations.js";
import { currentSession } from "./session.js";

// In milliseconds.
const POLL_INTERVAL = 3_000;
const PING_INTERVAL = 5_000;
const MAX_RECONNECT_DELAY = 15_000;
// The WebSocket close code for a rejected or expired token.
const TOKEN_REJECTED = 4403;

export class SeatUpdates {
  #showId;
  #cursor;
  #callbacks;
  #connection = null;
  #socket = null;
  #attempts = 0;
  #isPolling = false;
  #isStopped = false;
  #timers = {};

  /** Watches the seats of a show from `cursor` on, until `stop()`.
   *
   * onShow(show) receives the current state of the show, and onSeats(seats) that of seats. onConnection(state) receives "live", "polling" (a few seconds
   * late) or "offline". onCursorRejected() means that the cursor is no longer valid: read the seat map again.
   */
  constructor(showId, cursor, callbacks) {
    this.#showId = showId;
    this.#cursor = cursor;
    this.#callbacks = callbacks;
    addEventListener("online", this.#connectNow);
    addEventListener("offline", this.#disconnect);
    this.#connect();
  }

  stop() {
    this.#isStopped = true;
    removeEventListener("online", this.#connectNow);
    removeEventListener("offline", this.#disconnect);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#socket?.close();
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

  // -------------------------------------------------------------------- WebSocket

  #connect() {
    clearTimeout(this.#timers.connect);
    const url = new URL(ENDPOINT, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const session = currentSession();
    const socket = new WebSocket(url, "graphql-transport-ws");
    this.#socket = socket;
    const payload = session ? { Authorization: `Bearer ${session.accessToken}` } : {};
    socket.onopen = () => this.#send({ type: "connection_init", payload });
    socket.onmessage = ({ data }) => this.#socket === socket && this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) =>
      this.#socket === socket && this.#handleClose(code === TOKEN_REJECTED ? session : null);
    this.#restartTimeouts();
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #receive({ type, payload }) {
    this.#restartTimeouts();
    if (type === "connection_ack") this.#subscribe();
    if (type === "ping") this.#send({ type: "pong" });
    if (type === "next" && payload.data) this.#applyChanges(payload.data.seatChanges);
    if (type === "error" || payload?.errors) {
      const [error] = payload.errors ?? payload;
      if (!this.#stopIfRejected(error.extensions)) this.#disconnect();
    }
    if (type === "complete") this.#disconnect();
  }

  #subscribe() {
    const variables = { showId: this.#showId, since: this.#cursor };
    this.#send({ type: "subscribe", id: "seats", payload: { query: WATCH_SEATS, variables } });
    this.#attempts = 0;
    this.#setConnection("live");
  }

  /** Pings a silent connection, and closes one that stays silent. Browsers take minutes to notice a lost connection. */
  #restartTimeouts() {
    this.#clearTimeouts();
    this.#timers.ping = setTimeout(() => this.#send({ type: "ping" }), PING_INTERVAL);
    this.#timers.silence = setTimeout(this.#disconnect, 2 * PING_INTERVAL);
  }

  #clearTimeouts() {
    clearTimeout(this.#timers.ping);
    clearTimeout(this.#timers.silence);
  }

  #disconnect = () => {
    const socket = this.#socket;
    if (!socket) return;
    this.#handleClose(null);
    socket.close();
  };

  #connectNow = () => {
    if (!this.#socket) this.#connect();
  };

  /** Polls until a new connection is made. `rejectedSession` is the session whose token was rejected, or null. */
  async #handleClose(rejectedSession) {
    this.#socket = null;
    this.#clearTimeouts();
    if (this.#isStopped) return;
    if (this.#connection === "live") this.#setConnection("offline");
    this.#poll();
    if (rejectedSession) await refreshAccessToken(rejectedSession).catch(() => undefined);
    if (this.#isStopped || this.#socket) return;
    const delay = Math.min(500 * 2 ** this.#attempts, MAX_RECONNECT_DELAY) * (0.5 + Math.random());
    this.#attempts += 1;
    this.#timers.connect = setTimeout(() => this.#connect(), delay);
  }

  // -------------------------------------------------------------------- polling

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
