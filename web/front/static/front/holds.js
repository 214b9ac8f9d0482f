// The user's holds for a show, and the mutations that create and change them.

import { request } from "./api.js";
import { announce } from "./dom.js";
import { mutate } from "./mutations.js";
import { MY_HOLDS } from "./operations.js";
import { isExpired } from "./panel_parts.js";
import { currentSession } from "./session.js";

export class Holds {
  list = [];
  // What the page is waiting for: { text, holdId }, or null. A new hold has no ID yet.
  progress = null;
  #showId;
  #logIn;
  #onChange;
  #onSettled;
  // Increases with each mutation and each refresh, so that a result that was read earlier is ignored.
  #version = 0;

  /** `onChange()` is called when the holds or the progress change, and `onSettled()` after the last mutation. */
  constructor(showId, { logIn, onChange, onSettled }) {
    this.#showId = showId;
    this.#logIn = logIn;
    this.#onChange = onChange;
    this.#onSettled = onSettled;
  }

  get isBusy() {
    return this.progress !== null;
  }

  /** Adds a hold, or replaces its former state. As in the responses of the server, the newest hold is the first. */
  put(hold) {
    const index = this.list.findIndex(({ id }) => id === hold.id);
    if (index === -1) this.list.unshift(hold);
    else this.list[index] = hold;
  }

  remove({ id }) {
    this.list = this.list.filter((hold) => hold.id !== id);
  }

  /** Reads the user's holds for this show, which may have been made on another device. */
  async refresh() {
    const version = ++this.#version;
    const read = () => request(MY_HOLDS, { showId: this.#showId }).catch(() => null);
    const active = currentSession() ? (await read())?.myBookings.nodes : [];
    // Another refresh follows each mutation.
    if (!active || this.isBusy || version !== this.#version) return;
    const activeIds = new Set(active.map(({ id }) => id));
    // A hold may expire on the server slightly earlier than by the clock of this page.
    const expired = this.list.filter((hold) => currentSession() && isExpired(hold, 1000) && !activeIds.has(hold.id));
    this.list = [...active, ...expired];
    this.#onChange();
  }

  /** Returns the result, or { message } after an error. `text` is shown until then, at the hold with `holdId`. */
  async mutate({ text, holdId = null }, document, input) {
    this.#version += 1;
    const showProgress = (message) => this.#showProgress({ text: message, holdId });
    showProgress(text);
    try {
      return await mutate(document, input, showProgress);
    } catch (error) {
      this.progress = null;
      if (error.code !== "UNAUTHENTICATED" || !(await this.#logIn())) return { message: error.message };
      return await this.mutate({ text, holdId }, document, input);
    } finally {
      this.progress = null;
      this.#onChange();
      // Runs after the caller has handled the result. Changes that arrived during the mutation were not applied.
      setTimeout(() => this.isBusy || this.#onSettled());
    }
  }

  #showProgress(progress) {
    this.progress = progress;
    announce(progress.text);
    this.#onChange();
  }
}
