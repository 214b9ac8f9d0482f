// Counts down the holds of the booking panel.

import { announce } from "./dom.js";
import { isExpired, updateCountdown } from "./panel_parts.js";
import { serverNow } from "./server_clock.js";

// In milliseconds.
const INTERVAL = 500;
// The remaining seconds of a hold that are announced.
const ANNOUNCED_SECONDS = [120, 60, 30];

export class HoldTimer {
  #holds;
  #panel;
  #onExpired;
  #timer = setInterval(() => this.#tick(), INTERVAL);

  /** Updates the cards of `holds`, a Holds, inside the element `panel`. Calls `onExpired()` when a hold has expired. */
  constructor(holds, panel, onExpired) {
    this.#holds = holds;
    this.#panel = panel;
    this.#onExpired = onExpired;
  }

  stop() {
    clearInterval(this.#timer);
  }

  #tick() {
    for (const hold of this.#holds.list) {
      const card = this.#panel.querySelector(`[data-hold-card="${hold.id}"]`);
      if (card && isExpired(hold) !== card.classList.contains("expired")) this.#onExpired();
      updateCountdown(hold, this.#panel);
      const seconds = Math.ceil((Date.parse(hold.expiresAt) - serverNow()) / 1000);
      if (ANNOUNCED_SECONDS.includes(seconds) && hold.lastSeconds !== seconds) {
        announce(`${seconds} seconds left to confirm.`);
      }
      hold.lastSeconds = seconds;
    }
  }
}
