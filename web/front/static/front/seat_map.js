// The seat map. Each seat shows the last state from the server, or that the user has selected it.

import { h, icon, s } from "./dom.js";
import { CATEGORY_LABELS, formatMoney } from "./format.js";

// How far a row curves around the screen, in seat sizes.
const CURVATURE = 0.5;
const CATEGORY_ICONS = { WHEELCHAIR: "wheelchair", COMPANION: "companion" };

export class SeatMap {
  #buttons = new Map();
  #rows;
  #onToggle;

  /** Draws the rows of a seat map. `onToggle(seat)` is called when an available or a selected seat is pressed. */
  constructor(rows, { onToggle }) {
    this.#rows = rows.map(({ seats }, rowIndex) => seats.map((seat) => ({ ...seat, rowIndex, isSelected: false })));
    this.#onToggle = onToggle;
    this.seats = new Map(this.#rows.flat().map((seat) => [seat.label, seat]));
    this.element = this.#draw();
    for (const seat of this.seats.values()) this.#drawState(seat);
    this.#setTabStop([...this.seats.values()].find(isAvailable) ?? this.seats.values().next().value);
  }

  /** Applies the current `label`, `status` and `mine` of seats. Returns the seats that changed. */
  update(seats) {
    const changes = seats
      .map(({ label, status, mine }) => ({ seat: this.seats.get(label), status, mine }))
      .filter(({ seat, status, mine }) => seat && (seat.status !== status || seat.mine !== mine));
    for (const { seat, status, mine } of changes) {
      Object.assign(seat, { status, mine });
      this.#drawState(seat);
      highlight(this.#buttons.get(seat.label));
    }
    return changes.map(({ seat }) => seat);
  }

  /** Whether `seats` have the same place, category and price as here. Ignores seats that the show no longer has. */
  matches(seats) {
    return seats.every(({ label, column, category, price, status }) => {
      const seat = this.seats.get(label);
      if (!seat) return status === "BLOCKED";
      return seat.column === column && seat.category === category && seat.price.amount === price.amount;
    });
  }

  /** Shows exactly the seats in `labels`, a Set, as selected. */
  select(labels) {
    for (const seat of this.seats.values()) {
      const isSelected = labels.has(seat.label);
      if (isSelected === seat.isSelected) continue;
      seat.isSelected = isSelected;
      this.#drawState(seat);
    }
  }

  /** Scrolls to the center if the seat map is wider than its container. */
  center() {
    this.element.scrollLeft = (this.element.scrollWidth - this.element.clientWidth) / 2;
  }

  /** Whether the seats may have changed without this page knowing. */
  set isStale(stale) {
    this.element.classList.toggle("stale", stale);
  }

  /** Returns the labels of available seats that replace `labels`: for each the nearest one of its category, if any. */
  findNearest(labels) {
    const available = new Set([...this.seats.values()].filter((seat) => isAvailable(seat) && !seat.isSelected));
    return labels.flatMap((label) => {
      const original = this.seats.get(label);
      const [nearest] = [...available]
        .filter(({ category }) => category === original.category)
        .sort((a, b) => distance(a, original) - distance(b, original));
      available.delete(nearest);
      return nearest ? [nearest.label] : [];
    });
  }

  // -------------------------------------------------------------------- drawing

  #draw() {
    const columns = Math.max(...this.#rows.flat().map(({ column }) => column));
    const rows = this.#rows.map((seats) => this.#drawRow(seats, columns));
    const element = h(
      "div",
      { class: "seat-map", role: "group", "aria-label": "Seats. Use the arrow keys to move and Enter to select." },
      h(
        "div",
        { class: "seat-map-content" },
        screen(),
        h("div", { class: "rows", onclick: this.#handleClick, onkeydown: this.#handleKey }, ...rows),
      ),
    );
    element.style.setProperty("--columns", columns);
    element.style.setProperty("--row-label-offset", -CURVATURE);
    return element;
  }

  #drawRow(seats, columns) {
    const [{ row }] = seats;
    const rowLabel = () => h("span", { class: "row-label", "aria-hidden": "true" }, row);
    const buttons = seats.map((seat) => this.#drawSeat(seat, columns));
    return h("div", { class: "row", role: "group", "aria-label": `Row ${row}` }, rowLabel(), ...buttons, rowLabel());
  }

  #drawSeat({ label, column, category }, columns) {
    const button = h("button", { type: "button", "data-seat": label, "data-category": category, tabindex: "-1" });
    const fromCenter = (column - (columns + 1) / 2) / (columns / 2);
    button.className = "seat";
    button.style.setProperty("--column", column + 1);
    button.style.setProperty("--offset", (-CURVATURE * fromCenter ** 2).toFixed(3));
    this.#buttons.set(label, button);
    return button;
  }

  #drawState(seat) {
    const button = this.#buttons.get(seat.label);
    button.dataset.state = stateOf(seat);
    button.setAttribute("aria-label", accessibleName(seat));
    button.setAttribute("aria-pressed", seat.isSelected);
    button.setAttribute("aria-disabled", !isAvailable(seat) && !seat.isSelected);
    button.title = `${seat.label}, ${CATEGORY_LABELS[seat.category]}, ${formatMoney(seat.price)}`;
    button.replaceChildren(symbol(seat));
  }

  // -------------------------------------------------------------------- mouse and keyboard

  #handleClick = ({ target }) => {
    const button = target.closest("[data-seat]");
    if (!button) return;
    const seat = this.seats.get(button.dataset.seat);
    this.#setTabStop(seat);
    if (isAvailable(seat) || seat.isSelected) this.#onToggle(seat);
  };

  // The Tab key stops at one seat; the arrow keys move between seats.
  #setTabStop(seat) {
    for (const button of this.#buttons.values()) button.tabIndex = -1;
    this.#buttons.get(seat.label).tabIndex = 0;
  }

  #handleKey = (event) => {
    const from = this.seats.get(event.target.dataset.seat);
    const to = from && this.#neighbor(from, event.key);
    if (!to) return;
    event.preventDefault();
    this.#setTabStop(to);
    this.#buttons.get(to.label).focus();
  };

  #neighbor(from, key) {
    const row = this.#rows[from.rowIndex];
    const index = row.indexOf(from);
    const nearestInRow = (rowIndex) =>
      this.#rows[rowIndex]?.toSorted((a, b) => distance(a, from) - distance(b, from))[0];
    return {
      ArrowLeft: () => row[index - 1],
      ArrowRight: () => row[index + 1],
      ArrowUp: () => nearestInRow(from.rowIndex - 1),
      ArrowDown: () => nearestInRow(from.rowIndex + 1),
      Home: () => row[0],
      End: () => row.at(-1),
    }[key]?.();
  }
}

/** The distance in seats. A row counts as two seats. */
function distance(one, other) {
  return Math.hypot(one.column - other.column, 2 * (one.rowIndex - other.rowIndex));
}

/** Whether the seat is a wheelchair space, or a companion seat beside one. */
export function isAccessible({ category }) {
  return category === "WHEELCHAIR" || category === "COMPANION";
}

function isAvailable({ status }) {
  return status === "AVAILABLE";
}

function stateOf({ status, mine, isSelected }) {
  if (mine) return status === "BOOKED" ? "booked-by-you" : "held-by-you";
  if (isSelected) return "selected";
  return { AVAILABLE: "available", HELD: "held", BOOKED: "booked", BLOCKED: "blocked" }[status];
}

const SPOKEN_STATES = {
  available: "available",
  selected: "selected",
  "held-by-you": "held for you",
  "booked-by-you": "booked by you",
  held: "held by someone else",
  booked: "taken",
  blocked: "not for sale",
};

function accessibleName(seat) {
  const details = [CATEGORY_LABELS[seat.category], formatMoney(seat.price), SPOKEN_STATES[stateOf(seat)]];
  return `Row ${seat.row} seat ${seat.number}, ${details.join(", ")}`;
}

/** Returns the symbol on the seat: an icon, its number, or an empty string. */
function symbol(seat) {
  const state = stateOf(seat);
  if (["selected", "booked-by-you", "held-by-you"].includes(state)) return icon("check");
  if (state === "booked") return icon("cross");
  if (["held", "blocked"].includes(state)) return "";
  return CATEGORY_ICONS[seat.category] ? icon(CATEGORY_ICONS[seat.category]) : String(seat.number);
}

function highlight(button) {
  button.classList.remove("changed");
  // Reading the layout applies the removal; otherwise adding the class again does not restart the animation.
  button.getBoundingClientRect();
  button.classList.add("changed");
}

function screen() {
  const curve = "M4 34 Q200 -10 396 34";
  return h(
    "div",
    { class: "screen", "aria-hidden": "true" },
    s(
      "svg",
      { viewBox: "0 0 400 40", preserveAspectRatio: "none" },
      s("path", { class: "glow", d: `${curve} L372 40 Q200 8 28 40 Z` }),
      s("path", { class: "edge", d: curve }),
    ),
    h("span", {}, "Screen"),
  );
}
