// A GraphQL subscription over a WebSocket (graphql-transport-ws), which reconnects until it is stopped.

import { ENDPOINT, refreshAccessToken } from "./api.js";
import { currentSession } from "./session.js";

// In milliseconds.
const PING_INTERVAL = 5_000;
const MAX_RECONNECT_DELAY = 15_000;
// The WebSocket close code for a rejected or expired token.
const TOKEN_REJECTED = 4403;

export class Subscription {
  #callbacks;
  #socket = null;
  #attempts = 0;
  #isStopped = false;
  #timers = {};

  /** Subscribes as the current user, until `stop()`.
   *
   * getRequest() returns { query, variables } for each connection. onData(data) receives each result. onConnected() and
   * onDisconnected() are called when the connection is made and lost. onError(error) receives an error of the API; the
   * subscription connects again unless it is stopped.
   */
  constructor(callbacks) {
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
    if (this.#isStopped) return;
    this.#restartTimeouts();
    if (type === "connection_ack") this.#subscribe();
    if (type === "ping") this.#send({ type: "pong" });
    if (type === "next" && payload.data) this.#callbacks.onData(payload.data);
    if (type === "error" || payload?.errors) {
      const [error] = payload.errors ?? payload;
      this.#callbacks.onError(error);
      if (!this.#isStopped) this.#disconnect();
    }
    if (type === "complete") this.#disconnect();
  }

  #subscribe() {
    this.#send({ type: "subscribe", id: "1", payload: this.#callbacks.getRequest() });
    this.#attempts = 0;
    this.#callbacks.onConnected();
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

  /** Connects again after a delay. `rejectedSession` is the session whose token was rejected, or null. */
  async #handleClose(rejectedSession) {
    this.#socket = null;
    this.#clearTimeouts();
    if (this.#isStopped) return;
    this.#callbacks.onDisconnected();
    if (rejectedSession) await refreshAccessToken(rejectedSession).catch(() => undefined);
    if (this.#isStopped || this.#socket) return;
    const delay = Math.min(500 * 2 ** this.#attempts, MAX_RECONNECT_DELAY) * (0.5 + Math.random());
    this.#attempts += 1;
    this.#timers.connect = setTimeout(() => this.#connect(), delay);
  }
}
