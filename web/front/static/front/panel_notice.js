// A message of the booking panel.

import { h } from "./dom.js";

// In milliseconds.
const LIMITED_TIME = 60_000;

export class PanelNotice {
  text;
  alternatives;
  holdId;
  element;
  #timer;
  #heldState;

  /** Shows `text` with `buttons`, at the hold with `holdId`, or with null, at the selected seats.
   *
   * `alternatives` are the labels of the seats that it offers.
   */
  constructor(text, { buttons = [], alternatives = [], holdId = null }) {
    this.text = text;
    this.alternatives = alternatives;
    this.holdId = holdId;
    this.element = h("div", { class: "notice" }, h("p", {}, text), ...buttons);
  }

  /** Makes the message end after a minute, and when the state of the holds is no longer `heldState`. */
  limit(heldState, onEnd) {
    this.#heldState = heldState;
    this.#timer = setTimeout(onEnd, LIMITED_TIME);
  }

  hasEnded(heldState) {
    return this.#heldState !== undefined && heldState !== this.#heldState;
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
