// Parts of the booking panel: a hold with its countdown, a list of seats, a confirmed booking, and buttons.

import { h } from "./dom.js";
import { CATEGORY_LABELS, formatCountdown, formatList, formatMoney } from "./format.js";
import { serverNow } from "./server_clock.js";

/** Whether the hold has expired, or expires within `within` milliseconds. */
export function isExpired(hold, within = 0) {
  return Date.parse(hold.expiresAt) <= serverNow() + within;
}

/** Returns the holds, whether they have expired, and the confirmed booking, or null, as a string. */
export function describeHolds(holds, confirmed) {
  return JSON.stringify([holds.map((hold) => [hold.id, isExpired(hold)]), confirmed?.id]);
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

/** Returns the title of the panel, with a button that collapses or expands it in a narrow window. */
export function panelHeader(isCollapsed, isFirstStep, onToggle) {
  // In the first step, a collapsed panel hides only the choice of a wheelchair space.
  const hidden = isFirstStep ? "Wheelchair spaces" : "More options";
  const label = isCollapsed ? hidden : "Fewer options";
  const button = actionButton("toggle", label, onToggle, { className: "toggle" });
  button.ariaExpanded = !isCollapsed;
  const title = h("h2", { id: "booking-panel-title", tabindex: "-1", "data-focus-fallback": true }, "Your seats");
  return h("header", {}, title, button);
}

/** Returns the card of a hold.
 *
 * `actions` has the functions confirm, extend, release and dismiss; each takes the hold. `message` is an element, or null.
 * When a show is closed, its expired holds can no longer be booked.
 */
export function holdCard(hold, actions, { isBusy, isShowClosed, message }) {
  const expired = isExpired(hold);
  const heldTickets = hold.tickets.filter(({ status }) => status === "HELD");
  const tickets = heldTickets.length ? heldTickets : hold.tickets;
  const card = h(
    "article",
    { class: expired ? "panel-card hold expired" : "panel-card hold", "data-hold-card": hold.id },
    h("h3", {}, expired ? "Hold expired" : "Held for you"),
    expired ? expiredHint(isShowClosed) : h("span", { class: "countdown", role: "timer", "data-hold": hold.id }),
    h("div", { class: "time-bar", "aria-hidden": "true" }, h("i")),
    seatList(tickets.map(({ seat, category, price }) => ({ label: seat, category, price }))),
    totalPrice(hold.total),
    ...(message ? [message] : []),
    h("div", { class: "actions" }, ...holdButtons(hold, actions, { expired, isShowClosed, busy: isBusy })),
  );
  if (!expired) updateCountdown(hold, card);
  return card;
}

function expiredHint(isShowClosed) {
  if (isShowClosed) return null;
  const text = "These seats are available to everyone again. You can still book them if nobody else has.";
  return h("p", { class: "optional" }, text);
}

function holdButtons(hold, actions, { expired, isShowClosed, busy }) {
  const button = (name, label, options = {}) =>
    actionButton(`${name}-${hold.id}`, label, () => actions[name](hold), { busy, ...options });
  const primary = { className: "primary wide" };
  if (expired) {
    const dismiss = button("dismiss", "Dismiss");
    return isShowClosed ? [dismiss] : [button("confirm", "Book if still available", primary), dismiss];
  }
  return [
    button("confirm", `Confirm for ${formatMoney(hold.total)}`, primary),
    button("extend", "More time", { className: "optional" }),
    button("release", "Release seats", { className: "optional" }),
  ];
}

/** Updates the countdown of a hold's card inside `container`. */
export function updateCountdown(hold, container) {
  const countdown = container.querySelector(`[data-hold="${hold.id}"]`);
  if (!countdown) return;
  const [start, end] = [Date.parse(hold.createdAt), Date.parse(hold.expiresAt)];
  // The clock of the server is known to within a second, so the time left could exceed the whole time.
  const remaining = Math.min(end - serverNow(), end - start);
  const text = formatCountdown(remaining);
  if (countdown.textContent !== text) countdown.textContent = text;
  const share = Math.max(0, Math.min(1, remaining / (end - start)));
  countdown.closest(".panel-card").style.setProperty("--remaining", share.toFixed(3));
}

/** Says that selected seats are no longer available: someone has taken them, or staff have blocked them. */
export function takenMessage(labels, seatMap) {
  const isBlocked = labels.every((label) => seatMap.seats.get(label).status === "BLOCKED");
  const [is, was] = labels.length === 1 ? ["is", "was"] : ["are", "were"];
  const change = isBlocked ? `${is} no longer for sale` : `${was} just taken by someone else`;
  return `${formatList(labels)} ${change}.`;
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
    { class: "panel-card confirmation" },
    h("h3", { tabindex: "-1", "data-key": "confirmation" }, "Booking confirmed"),
    h("p", {}, `You booked ${formatList(seatLabels(booking))}. Show this reference at the entrance:`),
    h("p", { class: "reference" }, booking.reference),
    h("a", { href: "#/bookings" }, "My bookings"),
  );
}
