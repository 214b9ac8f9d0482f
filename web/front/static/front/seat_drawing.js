// What the seat map draws: the symbol and the spoken name of a seat, and the screen.

import { h, icon, s } from "./dom.js";
import { CATEGORY_LABELS, formatMoney } from "./format.js";

const CATEGORY_ICONS = { WHEELCHAIR: "wheelchair", COMPANION: "companion" };
const SPOKEN_STATES = {
  available: "available",
  selected: "selected",
  "held-by-you": "held for you",
  "booked-by-you": "booked by you",
  held: "held by someone else",
  booked: "taken",
  blocked: "not for sale",
};

/** Returns what screen readers say for a seat. `together` is a list of further details. */
export function accessibleName(seat, state, together) {
  const details = [CATEGORY_LABELS[seat.category], formatMoney(seat.price), ...together, SPOKEN_STATES[state]];
  return `Row ${seat.row} seat ${seat.number}, ${details.join(", ")}`;
}

/** Returns the symbol on the seat: an icon, its number, or an empty string. */
export function symbol(seat, state) {
  if (["selected", "booked-by-you", "held-by-you"].includes(state)) return icon("check");
  if (state === "booked") return icon("cross");
  if (["held", "blocked"].includes(state)) return "";
  return CATEGORY_ICONS[seat.category] ? icon(CATEGORY_ICONS[seat.category]) : String(seat.number);
}

/** Returns the screen that the seats face. */
export function screen() {
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
