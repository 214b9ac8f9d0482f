// Links to shows and movies.

import { h } from "./dom.js";
import {
  FORMAT_LABELS,
  SHOW_STATUS_LABELS,
  dateIn,
  formatDate,
  formatMoney,
  formatTime,
  pluralize,
} from "./format.js";
import { serverNow } from "./server_clock.js";

// If a smaller share of the seats is available, the link shows how many are left.
const LOW_AVAILABILITY = 0.15;

export function showUrl({ id }) {
  return `#/show/${encodeURIComponent(id)}`;
}

/** Returns the link to the page of a movie. With `theater`, the page first shows only its showtimes. */
export function movieUrl({ id }, theater = null) {
  const query = theater ? `?${new URLSearchParams({ theater: theater.id })}` : "";
  return `#/movie/${encodeURIComponent(id)}${query}`;
}

/** Whether a show is to be listed: it is not cancelled and has not ended. */
export function isCurrent({ status, endsAt }) {
  return status !== "CANCELLED" && Date.parse(endsAt) > serverNow();
}

/** Returns a link to `show` with its time, price and available seats.
 *
 * `date` is the day of the schedule that the link is listed with. `detail` is another line of text, or empty.
 */
export function showLink(show, theater, date, detail = "") {
  const unavailable = SHOW_STATUS_LABELS[show.status] ?? null;
  // Most buyers cannot book the others.
  const seatsLeft = Math.max(0, show.seatsAvailable - show.accessibleSeatsAvailable);
  const share = seatsLeft / Math.max(1, show.seatsTotal - show.accessibleSeatsAvailable);
  const isLow = share < LOW_AVAILABILITY;
  const left = seatsLeft ? `${seatsLeft} left` : "Only wheelchair spaces and seats beside them";
  const note = unavailable ?? (isLow ? left : `from ${formatMoney(show.priceFrom)}`);
  const bar = h("span", { class: isLow ? "availability low" : "availability" }, h("i"));
  bar.style.setProperty("--share", share.toFixed(3));
  const details = `${show.screen.name}, ${pluralize(seatsLeft, "seat")} available`;
  return h(
    "a",
    { href: showUrl(show), "data-key": show.id, class: unavailable ? "show-link unavailable" : "show-link" },
    h("b", {}, formatTime(show.startsAt, theater.timeZone), afterMidnight(show, theater, date)),
    h("span", {}, FORMAT_LABELS[show.format]),
    detail ? h("small", {}, detail) : null,
    h("small", {}, note),
    unavailable ? null : h("span", { class: "visually-hidden" }, details),
    unavailable ? null : bar,
  );
}

/** The weekday of a show that starts after midnight, since the page lists it with the evening before. */
function afterMidnight(show, theater, date) {
  const startDate = dateIn(theater.timeZone, show.startsAt);
  return startDate === date ? null : h("small", {}, ` ${formatDate(startDate).weekday}`);
}
