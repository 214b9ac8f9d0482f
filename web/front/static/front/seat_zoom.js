// The zoom of a seat map: an overview of the whole auditorium, and seats that are large enough to touch.

import { announce, h } from "./dom.js";

const LEVELS = ["overview", "normal", "large"];
const NAMES = { overview: "All seats", normal: "Normal size", large: "Large seats" };

export class SeatZoom {
  #seatMap;
  #level = LEVELS.indexOf("normal");
  #buttons = {
    out: zoomButton("−", "Zoom out", () => this.#zoomTo(this.#level - 1)),
    in: zoomButton("+", "Zoom in", () => this.#zoomTo(this.#level + 1)),
  };
  #hint = h("span", { class: "zoom-hint" });

  element = h("div", { class: "zoom", role: "group", "aria-label": "Zoom" });

  constructor(seatMap) {
    this.#seatMap = seatMap;
    this.element.append(this.#hint, this.#buttons.out, this.#buttons.in);
    new ResizeObserver(() => this.#draw()).observe(seatMap.element);
  }

  /** Enlarges the seats of the overview, and shows one of them. */
  enlarge(seat) {
    this.#zoomTo(this.#level + 1);
    this.#seatMap.show(seat);
  }

  #zoomTo(level) {
    if (level === this.#level || !(level in LEVELS)) return;
    this.#level = level;
    this.#seatMap.zoom = LEVELS[level];
    this.#draw();
    announce(NAMES[LEVELS[level]]);
  }

  #draw() {
    const isOverview = this.#level === 0;
    this.#buttons.out.ariaDisabled = isOverview || !this.#seatMap.isCut;
    this.#buttons.in.ariaDisabled = this.#level === LEVELS.length - 1;
    this.#hint.textContent = isOverview ? "Tap to zoom in" : "";
  }
}

function zoomButton(text, label, onclick) {
  const press = ({ target }) => target.ariaDisabled !== "true" && onclick();
  return h("button", { type: "button", class: "step", "aria-label": label, onclick: press }, text);
}
