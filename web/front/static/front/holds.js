// A hold as a card: what it is for, how long it is kept, and what can be done with it.

import { now } from "./clock.js";
import { h } from "./dom.js";
import { CATEGORIES, countdown, list, money } from "./words.js";

/** Whether its time is up, or will be in so many milliseconds. */
export function isOver(hold, within = 0) {
  return Date.parse(hold.expiresAt) <= now() + within;
}

export function seatsOf(booking) {
  return booking.tickets.filter(({ status }) => status !== "CANCELLED").map(({ seat }) => seat);
}

/** A button of which presses are not heard while `busy`; it keeps the focus then, as a disabled one would not. */
export function action(key, label, run, { kind = "", busy = false } = {}) {
  const onclick = () => busy || run();
  return h(
    "button",
    { type: "button", class: kind, "data-key": key, "aria-disabled": busy ? "true" : null, onclick },
    label,
  );
}

/** `does` has confirm, extend, giveUp and dismiss, which take the hold. */
export function card(hold, does, busy) {
  const over = isOver(hold);
  const key = (name) => `${name}-${hold.id}`;
  const clock = h("span", { class: "countdown", role: "timer", "data-hold": hold.id });
  const tickets = hold.tickets.filter(({ status }) => status === "HELD");
  const drawn = h(
    "article",
    { class: over ? "card hold over" : "card hold", "data-hold-card": hold.id },
    h("h3", {}, over ? "Time is up" : "Held for you"),
    over
      ? h("p", {}, "These seats are free for everybody again. If nobody has taken them, they can still be yours.")
      : clock,
    h("div", { class: "bar", "aria-hidden": "true" }, h("i")),
    lines(
      (tickets.length ? tickets : hold.tickets).map(({ seat, category, price }) => ({ label: seat, category, price })),
    ),
    total(hold.total),
    h(
      "div",
      { class: "actions" },
      action(
        key("confirm"),
        over ? "Buy them if still free" : `Confirm for ${money(hold.total)}`,
        () => does.confirm(hold),
        { kind: "primary wide", busy },
      ),
      over ? null : action(key("extend"), "Keep longer", () => does.extend(hold), { busy }),
      action(key("give-up"), over ? "Let them go" : "Give up", () => (over ? does.dismiss(hold) : does.giveUp(hold)), {
        busy,
      }),
    ),
  );
  if (!over) tick(hold, drawn);
  return drawn;
}

/** Brings the countdown of a card up to date. */
export function tick(hold, within) {
  const [from, until] = [Date.parse(hold.createdAt), Date.parse(hold.expiresAt)];
  const found = within.querySelector(`[data-hold="${hold.id}"]`);
  if (!found) return;
  const left = countdown(until - now());
  if (found.textContent !== left) found.textContent = left;
  const share = Math.max(0, Math.min(1, (until - now()) / (until - from)));
  found.closest(".card").style.setProperty("--left", share.toFixed(3));
}

export function lines(seats) {
  return h(
    "ul",
    { class: "lines" },
    ...seats.map(({ label, category, price }) =>
      h("li", {}, h("b", {}, label), h("span", {}, CATEGORIES[category]), h("span", { class: "amount" }, money(price))),
    ),
  );
}

export function total(price) {
  return h("p", { class: "total" }, h("span", {}, "Total"), h("b", { class: "amount" }, money(price)));
}

/** What is said when the seats are sold. */
export function sold(booking) {
  return h(
    "article",
    { class: "card sold" },
    h("h3", { tabindex: "-1", "data-key": "sold" }, "Enjoy the movie"),
    h(
      "p",
      {},
      `${list(seatsOf(booking))} ${seatsOf(booking).length === 1 ? "is" : "are"} yours. Show this at the door:`,
    ),
    h("p", { class: "reference" }, booking.reference),
    h("a", { href: "#/bookings" }, "My bookings"),
  );
}
