// A house drawn as seats. What a seat looks like is what the server said last, and which ones the buyer has picked.

import { h, icon, s } from "./dom.js";
import { CATEGORIES, money } from "./words.js";

// How far a row bends around the screen, as a part of a seat's size.
const BEND = 0.5;
const ICONS = { WHEELCHAIR: "wheelchair", COMPANION: "companion" };

export class House {
  #buttons = new Map();
  #rows;
  #onToggle;

  /** Draws the rows of a seat map. onToggle(seat) is called when a seat that can be had, or is picked, is pressed. */
  constructor(rows, { onToggle }) {
    this.#rows = rows.map(({ seats }, at) => seats.map((seat) => ({ ...seat, at, picked: false })));
    this.#onToggle = onToggle;
    this.seats = new Map(this.#rows.flat().map((seat) => [seat.label, seat]));
    this.element = this.#draw();
    for (const seat of this.seats.values()) this.#show(seat);
    this.#makeReachable([...this.seats.values()].find(isFree) ?? this.seats.values().next().value);
  }

  /** Takes in what seats are now; returns those that look different. */
  update(changes) {
    const changed = changes
      .map(({ label, status, mine }) => ({ seat: this.seats.get(label), status, mine }))
      .filter(({ seat, status, mine }) => seat && (seat.status !== status || seat.mine !== mine));
    for (const { seat, status, mine } of changed) {
      Object.assign(seat, { status, mine });
      this.#show(seat);
      flash(this.#buttons.get(seat.label));
    }
    return changed.map(({ seat }) => seat);
  }

  pick(labels) {
    for (const seat of this.seats.values()) {
      const picked = labels.has(seat.label);
      if (picked === seat.picked) continue;
      seat.picked = picked;
      this.#show(seat);
    }
  }

  /** Brings the middle into view where not all of it is. */
  center() {
    this.element.scrollLeft = (this.element.scrollWidth - this.element.clientWidth) / 2;
  }

  /** Whether what is shown is what the server says, as far as anybody knows. */
  set isStale(stale) {
    this.element.classList.toggle("stale", stale);
  }

  /** As many free seats as there are in `labels`, each the nearest to one of them. */
  nearest(labels) {
    const free = new Set([...this.seats.values()].filter((seat) => isFree(seat) && !seat.picked));
    return labels.flatMap((label) => {
      const lost = this.seats.get(label);
      const near = [...free]
        .filter(({ category }) => category === lost.category)
        .sort((one, other) => distance(one, lost) - distance(other, lost))[0];
      free.delete(near);
      return near ? [near.label] : [];
    });
  }

  // -------------------------------------------------------------------- drawing

  #draw() {
    const columns = Math.max(...this.#rows.flat().map(({ column }) => column));
    const rows = this.#rows.map((seats) => this.#drawRow(seats, columns));
    const drawn = h(
      "div",
      { class: "house", role: "group", "aria-label": "Seats. Arrow keys move, Enter picks." },
      h(
        "div",
        { class: "house-inner" },
        screen(),
        h("div", { class: "rows", onclick: this.#press, onkeydown: this.#move }, ...rows),
      ),
    );
    drawn.style.setProperty("--columns", columns);
    drawn.style.setProperty("--lift-of-names", -BEND);
    return drawn;
  }

  #drawRow(seats, columns) {
    const [{ row }] = seats;
    const name = () => h("span", { class: "row-name", "aria-hidden": "true" }, row);
    const buttons = seats.map((seat) => this.#drawSeat(seat, columns));
    return h("div", { class: "row", role: "group", "aria-label": `Row ${row}` }, name(), ...buttons, name());
  }

  #drawSeat({ label, column, category }, columns) {
    const button = h("button", { type: "button", "data-seat": label, "data-category": category, tabindex: "-1" });
    const fromCenter = (column - (columns + 1) / 2) / (columns / 2);
    button.className = "seat";
    button.style.setProperty("--column", column + 1);
    button.style.setProperty("--lift", (-BEND * fromCenter ** 2).toFixed(3));
    this.#buttons.set(label, button);
    return button;
  }

  #show(seat) {
    const button = this.#buttons.get(seat.label);
    button.dataset.state = stateOf(seat);
    button.setAttribute("aria-label", nameOf(seat));
    button.setAttribute("aria-pressed", seat.picked);
    button.setAttribute("aria-disabled", !isFree(seat) && !seat.picked);
    button.title = `${seat.label}, ${CATEGORIES[seat.category]}, ${money(seat.price)}`;
    button.replaceChildren(face(seat));
  }

  // -------------------------------------------------------------------- mouse and keys

  #press = ({ target }) => {
    const button = target.closest("[data-seat]");
    if (!button) return;
    const seat = this.seats.get(button.dataset.seat);
    this.#makeReachable(seat);
    if (isFree(seat) || seat.picked) this.#onToggle(seat);
  };

  // One seat is in the order of the Tab key; the arrows go from there.
  #makeReachable(seat) {
    for (const button of this.#buttons.values()) button.tabIndex = -1;
    this.#buttons.get(seat.label).tabIndex = 0;
  }

  #move = (event) => {
    const from = this.seats.get(event.target.dataset.seat);
    const to = from && this.#neighbor(from, event.key);
    if (!to) return;
    event.preventDefault();
    this.#makeReachable(to);
    this.#buttons.get(to.label).focus();
  };

  #neighbor(from, key) {
    const row = this.#rows[from.at];
    const index = row.indexOf(from);
    const inRow = (at) => this.#rows[at]?.toSorted((one, other) => distance(one, from) - distance(other, from))[0];
    return {
      ArrowLeft: () => row[index - 1],
      ArrowRight: () => row[index + 1],
      ArrowUp: () => inRow(from.at - 1),
      ArrowDown: () => inRow(from.at + 1),
      Home: () => row[0],
      End: () => row.at(-1),
    }[key]?.();
  }
}

/** In seats; a step to another row counts twice. */
function distance(one, other) {
  return Math.hypot(one.column - other.column, 2 * (one.at - other.at));
}

function isFree({ status }) {
  return status === "AVAILABLE";
}

function stateOf({ status, mine, picked }) {
  if (mine) return status === "BOOKED" ? "yours" : "kept";
  if (picked) return "picked";
  return { AVAILABLE: "free", HELD: "held", BOOKED: "taken", BLOCKED: "blocked" }[status];
}

const SPOKEN = {
  free: "free",
  picked: "picked",
  kept: "held for you",
  yours: "booked by you",
  held: "held by somebody else",
  taken: "taken",
  blocked: "not for sale",
};

function nameOf(seat) {
  return `Row ${seat.row} seat ${seat.number}, ${CATEGORIES[seat.category]}, ${money(seat.price)}, ${SPOKEN[stateOf(seat)]}`;
}

function face(seat) {
  const state = stateOf(seat);
  if (["picked", "yours", "kept"].includes(state)) return icon("check");
  if (state === "taken") return icon("cross");
  if (["held", "blocked"].includes(state)) return "";
  return ICONS[seat.category] ? icon(ICONS[seat.category]) : String(seat.number);
}

function flash(button) {
  button.classList.remove("changed");
  // Without this, taking a class away and putting it back are one and start nothing.
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
