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
  #redraw;
  // The remaining seconds of each hold when they were last read. The cards do not tell what has been announced: the
  // panel is also drawn for other reasons.
  #seconds = new Map();
  #timer = setInterval(() => this.#tick(), INTERVAL);

  /** Updates the cards of `holds`, a Holds, inside the element `panel`. Calls `redraw()` when a card is out of date. */
  constructor(holds, panel, redraw) {
    this.#holds = holds;
    this.#panel = panel;
    this.#redraw = redraw;
  }

  stop() {
    clearInterval(this.#timer);
  }

  #tick() {
    for (const hold of this.#holds.list) {
      this.#announceTimeLeft(hold);
      const card = this.#panel.querySelector(`[data-hold-card="${hold.id}"]`);
      if (card && isExpired(hold) !== card.classList.contains("expired")) this.#redraw();
      updateCountdown(hold, this.#panel);
    }
  }

  #announceTimeLeft({ id, expiresAt }) {
    const seconds = Math.ceil((Date.parse(expiresAt) - serverNow()) / 1000);
    const before = this.#seconds.get(id);
    this.#seconds.set(id, seconds);
    // Not for a hold that had expired before the page was opened.
    if (seconds <= 0 && before > 0) announce("Your hold has expired.");
    else if (seconds !== before && ANNOUNCED_SECONDS.includes(seconds)) announce(`${seconds} seconds left to confirm.`);
  }
}
