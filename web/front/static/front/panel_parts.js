// Parts of the booking panel: a hold with its countdown, a list of seats, the choice of the best seats, a confirmed
// booking, and buttons.

import { h } from "./dom.js";
import { CATEGORY_LABELS, formatCountdown, formatList, formatMoney, pluralize } from "./format.js";
import { serverNow } from "./server_clock.js";

/** Whether the hold has expired, or expires within `within` milliseconds. */
export function isExpired(hold, within = 0) {
  return Date.parse(hold.expiresAt) <= serverNow() + within;
}

/** Returns the labels of the seats of a booking, without cancelled ones. */
export function seatLabels(booking) {
  return booking.tickets.filter(({ status }) => status !== "CANCELLED").map(({ seat }) => seat);
}

/** Returns a button. While `busy`, it ignores clicks but keeps the focus; a disabled button would lose it. */
export function actionButton(key, label, run, { className = "", busy = false } = {}) {
  const onclick = () => busy || run();
  return h(
    "button",
    { type: "button", class: className, "data-key": key, "aria-disabled": busy ? "true" : null, onclick },
    label,
  );
}

/** Returns the card of a hold. `actions` has the functions confirm, extend, release and dismiss; each takes the hold. */
export function holdCard(hold, actions, busy) {
  const expired = isExpired(hold);
  const heldTickets = hold.tickets.filter(({ status }) => status === "HELD");
  const tickets = heldTickets.length ? heldTickets : hold.tickets;
  const card = h(
    "article",
    { class: expired ? "card hold expired" : "card hold", "data-hold-card": hold.id },
    h("h3", {}, expired ? "Hold expired" : "Held for you"),
    expired
      ? h("p", {}, "These seats are available to everyone again. You can still book them if nobody else has.")
      : h("span", { class: "countdown", role: "timer", "data-hold": hold.id }),
    h("div", { class: "time-bar", "aria-hidden": "true" }, h("i")),
    seatList(tickets.map(({ seat, category, price }) => ({ label: seat, category, price }))),
    totalPrice(hold.total),
    h("div", { class: "actions" }, ...holdButtons(hold, actions, { expired, busy })),
  );
  if (!expired) updateCountdown(hold, card);
  return card;
}

function holdButtons(hold, actions, { expired, busy }) {
  const button = (name, label, options = {}) =>
    actionButton(`${name}-${hold.id}`, label, () => actions[name](hold), { busy, ...options });
  const primary = { className: "primary wide" };
  if (expired) {
    return [button("confirm", "Book if still available", primary), button("dismiss", "Dismiss")];
  }
  return [
    button("confirm", `Confirm for ${formatMoney(hold.total)}`, primary),
    button("extend", "More time"),
    button("release", "Release seats"),
  ];
}

/** Updates the countdown of a hold's card inside `container`. */
export function updateCountdown(hold, container) {
  const countdown = container.querySelector(`[data-hold="${hold.id}"]`);
  if (!countdown) return;
  const [start, end] = [Date.parse(hold.createdAt), Date.parse(hold.expiresAt)];
  const remaining = end - serverNow();
  const text = formatCountdown(remaining);
  if (countdown.textContent !== text) countdown.textContent = text;
  const share = Math.max(0, Math.min(1, remaining / (end - start)));
  countdown.closest(".card").style.setProperty("--remaining", share.toFixed(3));
}

export function seatList(seats) {
  return h(
    "ul",
    { class: "seat-list" },
    ...seats.map(({ label, category, price }) =>
      h(
        "li",
        {},
        h("b", {}, label),
        h("span", {}, CATEGORY_LABELS[category]),
        h("span", { class: "amount" }, formatMoney(price)),
      ),
    ),
  );
}

export function totalPrice(price) {
  return h("p", { class: "total" }, h("span", {}, "Total"), h("b", { class: "amount" }, formatMoney(price)));
}

/** Returns the card that is shown after a booking was confirmed. */
export function confirmationCard(booking) {
  return h(
    "article",
    { class: "card confirmation" },
    h("h3", { tabindex: "-1", "data-key": "confirmation" }, "Booking confirmed"),
    h("p", {}, `You booked ${formatList(seatLabels(booking))}. Show this reference at the entrance:`),
    h("p", { class: "reference" }, booking.reference),
    h("a", { href: "#/bookings" }, "My bookings"),
  );
}

/** Returns the question whether the user needs a wheelchair space. `onChange` takes the answer. */
export function accessibleChoice(checked, onChange) {
  const onchange = ({ target }) => onChange(target.checked);
  const box = h("input", { type: "checkbox", "data-key": "accessible", checked, onchange });
  return h("label", { class: "checkbox" }, box, "I need a wheelchair space");
}

/** Returns the choice of the best available seats: a button for `count` seats, and two that change the number. */
export function bestAvailable(count, { setCount, hold, wheelchairSpaces, isPrimary, busy }) {
  const label = wheelchairSpaces ? bestAccessibleLabel(count) : bestLabel(count);
  const fewer = actionButton("fewer", "−", () => setCount(count - 1), { className: "step", busy });
  const more = actionButton("more", "+", () => setCount(count + 1), { className: "step", busy });
  fewer.ariaLabel = "One fewer seat";
  more.ariaLabel = "One more seat";
  const choose = actionButton("best", label, hold, { className: isPrimary ? "primary" : "", busy });
  return h("div", { class: "best-available" }, fewer, choose, more);
}

function bestLabel(count) {
  return count === 1 ? "Choose the best seat" : `Choose the best ${count}`;
}

function bestAccessibleLabel(count) {
  if (count === 1) return "Choose a wheelchair space";
  return `Choose a wheelchair space and ${pluralize(count - 1, "seat")}`;
}
