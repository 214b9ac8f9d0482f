// The card of a booking.

import { cancelSeats } from "./cancel_dialog.js";
import { h, redraw } from "./dom.js";
import {
  BOOKING_STATUS_LABELS,
  FORMAT_LABELS,
  dateIn,
  formatCountdown,
  formatDate,
  formatDateTime,
  formatMoney,
  formatTime,
} from "./format.js";
import { languagesOf } from "./languages.js";
import { poster } from "./poster.js";
import { serverNow } from "./server_clock.js";
import { showUrl } from "./show_link.js";

/** Returns an element for `drawBooking`. */
export function bookingCard() {
  return h("article", { class: "booking" });
}

/** Draws the current state of a booking in its card. `onChange` receives the booking after seats were cancelled. */
export function drawBooking(card, booking, onChange) {
  const { show } = booking;
  const { screen } = show;
  card.dataset.status = booking.status;
  redraw(
    card,
    poster(show.movie),
    h(
      "div",
      { class: "booking-details" },
      h("p", { class: "badge" }, ...statusLabel(booking)),
      h("h2", { tabindex: "-1", "data-focus-fallback": true }, show.movie.title),
      h("p", {}, formatDateTime(show.startsAt, screen.theater.timeZone)),
      h("p", { class: "muted" }, venue(show)),
      h("ul", { class: "seats", "aria-label": "Seats" }, ...booking.tickets.map(seatItem)),
      cancelDeadline(booking),
      h("div", { class: "actions" }, ...bookingActions(booking, onChange)),
    ),
    h(
      "div",
      { class: "booking-summary" },
      ...referenceParts(booking),
      amount(booking),
    ),
  );
  updateTimesLeft(card);
}

function bookingActions(booking, onChange) {
  const isHeld = booking.status === "HELD";
  const url = showUrl(booking.show);
  const link = isHeld
    ? h("a", { href: url, class: "button primary" }, "Confirm or extend")
    : h("a", { href: `${url}?seats` }, "View seats");
  if (!canBeCancelled(booking)) return [link];
  const openCancelDialog = () => cancelSeats(booking, onChange);
  return [link, h("button", { type: "button", "data-key": "cancel", onclick: openCancelDialog }, isHeld ? "Release seats" : "Cancel seats")];
}

/** Whether seats can be cancelled, or released if they are held. */
function canBeCancelled({ status, cancellableUntil }) {
  return status === "HELD" || (status === "CONFIRMED" && cancellableUntil !== null);
}

/** Says until when a booking of a later show can be cancelled. */
function cancelDeadline({ show, status, cancellableUntil }) {
  if (status !== "CONFIRMED" || Date.parse(show.startsAt) < serverNow()) return null;
  if (!cancellableUntil) return h("p", { class: "muted" }, "Can no longer be cancelled.");
  const { timeZone } = show.screen.theater;
  const date = formatDate(dateIn(timeZone, cancellableUntil)).short;
  return h("p", { class: "muted" }, `Can be cancelled until ${date} at ${formatTime(cancellableUntil, timeZone)}.`);
}

function venue({ screen, format, ...show }) {
  const { theater } = screen;
  // A screen may have the name of its format, such as IMAX.
  return [...new Set([theater.name, theater.city, screen.name, FORMAT_LABELS[format], languagesOf(show, show.movie)])].filter(Boolean).join(", ");
}

/** The reference, which is prominent only while it is valid at the entrance. */
function referenceParts({ status, reference }) {
  if (status !== "CONFIRMED") return [h("span", {}, `Reference ${reference}`)];
  return [h("span", {}, "Reference"), h("b", { class: "reference" }, reference)];
}

/** The total price. For a cancelled booking or an expired hold, the amount that was agreed, crossed out. */
function amount({ status, total, paid }) {
  if (status === "CANCELLED") return h("s", { class: "amount" }, formatMoney(paid));
  return h(status === "EXPIRED" ? "s" : "span", { class: "amount" }, formatMoney(total));
}

function statusLabel({ show, status, expiresAt, confirmedAt }) {
  if (show.status === "CANCELLED") return ["Show cancelled"];
  if (status === "CANCELLED" && !confirmedAt) return ["Released"];
  // The time left, not the time of day: bookings may be in several time zones.
  const timeLeft = h("span", { class: "time-left", role: "timer", "data-expires-at": expiresAt });
  return status === "HELD" ? ["Held for you: ", timeLeft, " left"] : [BOOKING_STATUS_LABELS[status]];
}

/** Updates the time left of each hold in `container`. */
export function updateTimesLeft(container) {
  for (const element of container.querySelectorAll(".time-left")) {
    const text = formatCountdown(Date.parse(element.dataset.expiresAt) - serverNow());
    if (element.textContent !== text) element.textContent = text;
  }
}

function seatItem({ seat, status }) {
  return h(
    "li",
    { class: status === "CANCELLED" || status === "EXPIRED" ? "inactive" : "" },
    seat,
    status === "CANCELLED" ? h("span", { class: "visually-hidden" }, " (cancelled)") : null,
  );
}
