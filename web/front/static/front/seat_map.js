// The seat map. Each seat shows the last state from the server, or that the user has selected it.

import { h } from "./dom.js";
import { CATEGORY_LABELS, formatList, formatMoney } from "./format.js";
import { distance } from "./seat_alternatives.js";
import { accessibleName, screen, symbol } from "./seat_drawing.js";

// How far a row curves around the screen, in seat sizes.
const CURVATURE = 0.5;
// A press on a smaller seat does not select it, because it may have hit the wrong one. In pixels.
const MIN_SIZE = { mouse: 14, touch: 24 };
// In pixels.
const EDGE = 3;

export class SeatMap {
  #buttons = new Map();
  #rows;
  #positions;
  #onToggle;
  #onSmallSeat;
  #isClosed = false;

  /** Draws the rows of a seat map.
   *
   * `onToggle(seat)` is called when an available or a selected seat is pressed, and `onSmallSeat(seat)` when a seat is
   * pressed that is too small to be sure that it is the right one.
   */
  constructor(rows, { onToggle, onSmallSeat }) {
    this.#rows = rows.map(({ seats }, rowIndex) => seats.map((seat) => ({ ...seat, rowIndex, isSelected: false })));
    this.#positions = rows.map(({ position }) => position);
    this.#onToggle = onToggle;
    this.#onSmallSeat = onSmallSeat;
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
    return seats.every(({ label, column, category, unit, price, status }) => {
      const seat = this.seats.get(label);
      if (!seat) return status === "BLOCKED";
      const isSame = seat.column === column && seat.category === category && seat.unit === unit;
      return isSame && seat.price.amount === price.amount;
    });
  }

  /** The labels of the seats that are sold together with this one, including it: a love seat or a table. */
  unitOf({ label, unit }) {
    return unit ? [...this.seats.values()].filter((seat) => seat.unit === unit).map((seat) => seat.label) : [label];
  }

  /** Whether some seats are sold only together. */
  get hasUnits() {
    return [...this.seats.values()].some(({ unit }) => unit);
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

  /** If the seat map is wider than its container, scrolls to the seats of the user, or to the center. */
  center() {
    const { element } = this;
    const own = [...this.seats.values()].filter(({ mine, isSelected }) => mine || isSelected);
    const middles = own.map((seat) => this.#middleOf(seat).x - element.getBoundingClientRect().left + element.scrollLeft);
    const middle = own.length ? (Math.min(...middles) + Math.max(...middles)) / 2 : element.scrollWidth / 2;
    element.scrollLeft = middle - element.clientWidth / 2;
    this.#moveRowLabels();
  }

  /** Whether only a part of the seat map is visible. */
  get isCut() {
    return this.element.scrollWidth > this.element.clientWidth;
  }

  /** Changes the size of the seats to "overview" (all columns are visible), "normal" or "large", around the center. */
  set zoom(level) {
    const { element } = this;
    const center = (element.scrollLeft + element.clientWidth / 2) / element.scrollWidth;
    element.dataset.zoom = level;
    element.scrollLeft = center * element.scrollWidth - element.clientWidth / 2;
    this.#moveRowLabels();
  }

  /** Scrolls the window to the seats of the user, unless the first one is visible. */
  showOwnSeats() {
    const first = [...this.seats.values()].find(({ mine }) => mine);
    if (first) this.showIfHidden(first);
  }

  /** Scrolls a seat to the middle of the window. */
  show({ label }) {
    this.#buttons.get(label).scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  }

  /** Scrolls to a seat unless all of it is visible. */
  showIfHidden(seat) {
    const button = this.#buttons.get(seat.label);
    const { top, bottom } = button.getBoundingClientRect();
    const { x } = this.#middleOf(seat);
    // The edge itself may belong to the element beside it.
    const isVisible = (y) => document.elementFromPoint(x, y)?.closest("[data-seat]") === button;
    if (![top + EDGE, bottom - EDGE].every(isVisible)) this.show(seat);
  }

  #middleOf({ label }) {
    const { x, y, width, height } = this.#buttons.get(label).getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  }

  /** Whether seats can no longer be booked. Available seats are then shown as not for sale. */
  set isClosed(isClosed) {
    if (isClosed === this.#isClosed) return;
    this.#isClosed = isClosed;
    for (const seat of this.seats.values()) this.#drawState(seat);
  }

  /** Whether the seats may have changed without this page knowing. */
  set isStale(stale) {
    this.element.classList.toggle("stale", stale);
  }

  // -------------------------------------------------------------------- drawing

  #draw() {
    const columns = Math.max(...this.#rows.flat().map(({ column }) => column));
    const rows = this.#rows.map((seats) => this.#drawRow(seats, columns));
    for (const [index, row] of rows.entries()) row.style.setProperty("--aisles-before", this.#aislesBefore(index));
    const listeners = { onclick: this.#handleClick, onkeydown: this.#handleKey, onfocusin: this.#handleFocus };
    const element = h(
      "div",
      { class: "seat-map", role: "group", "aria-label": "Seats. Use the arrow keys to move and Enter to select." },
      h(
        "div",
        { class: "seat-map-content" },
        screen(),
        h("div", { class: "rows", ...listeners }, ...rows),
      ),
    );
    element.dataset.zoom = "normal";
    element.style.setProperty("--columns", columns);
    element.addEventListener("scroll", () => this.#moveRowLabels(), { passive: true });
    return element;
  }

  #aislesBefore(index) {
    return index && this.#positions[index] - this.#positions[index - 1] - 1;
  }

  /** Moves the row labels, which stay at the edges, to the height of the seats beside them: rows are curved. */
  #moveRowLabels() {
    const { scrollLeft, clientWidth, scrollWidth, style } = this.element;
    const offset = (x) => -CURVATURE * ((2 * x) / scrollWidth - 1) ** 2;
    style.setProperty("--left-label-offset", offset(scrollLeft).toFixed(3));
    style.setProperty("--right-label-offset", offset(scrollLeft + clientWidth).toFixed(3));
  }

  #drawRow(seats, columns) {
    const [{ row }] = seats;
    const rowLabel = () => h("span", { class: "row-label", "aria-hidden": "true" }, row);
    const buttons = seats.map((seat, index) => this.#drawSeat(seat, seats[index + 1], columns));
    return h("div", { class: "row", role: "group", "aria-label": `Row ${row}` }, rowLabel(), ...buttons, rowLabel());
  }

  #drawSeat({ label, column, category, unit }, next, columns) {
    const button = h("button", { type: "button", "data-seat": label, "data-category": category, tabindex: "-1" });
    const fromCenter = (column - (columns + 1) / 2) / (columns / 2);
    button.className = unit && unit === next?.unit ? "seat joined" : "seat";
    button.style.setProperty("--column", column + 1);
    button.style.setProperty("--offset", (-CURVATURE * fromCenter ** 2).toFixed(3));
    this.#buttons.set(label, button);
    return button;
  }

  #drawState(seat) {
    const button = this.#buttons.get(seat.label);
    const state = this.#stateOf(seat);
    button.dataset.state = state;
    const others = this.unitOf(seat).filter((label) => label !== seat.label);
    const together = others.length ? [`sold together with ${formatList(others)}`] : [];
    button.setAttribute("aria-label", accessibleName(seat, state, together));
    button.setAttribute("aria-pressed", seat.isSelected);
    button.setAttribute("aria-disabled", !["available", "selected"].includes(state));
    button.title = [seat.label, CATEGORY_LABELS[seat.category], formatMoney(seat.price), ...together].join(", ");
    button.replaceChildren(symbol(seat, state));
  }

  #stateOf(seat) {
    const state = stateOf(seat);
    return this.#isClosed && ["available", "selected"].includes(state) ? "blocked" : state;
  }

  // -------------------------------------------------------------------- mouse and keyboard

  // The booking panel may cover the seat that the keyboard moves to.
  #handleFocus = ({ target }) => {
    if (target.matches(":focus-visible")) this.showIfHidden(this.seats.get(target.dataset.seat));
  };

  #handleClick = ({ target, detail, pointerType }) => {
    const button = target.closest("[data-seat]");
    if (!button) return;
    const seat = this.seats.get(button.dataset.seat);
    this.#setTabStop(seat);
    // The detail of a click with the keyboard is 0.
    if (detail && button.offsetWidth < (MIN_SIZE[pointerType] ?? 0)) return this.#onSmallSeat(seat);
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

function highlight(button) {
  button.classList.remove("changed");
  // Reading the layout applies the removal; otherwise adding the class again does not restart the animation.
  button.getBoundingClientRect();
  button.classList.add("changed");
}
