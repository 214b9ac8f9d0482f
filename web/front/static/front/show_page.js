// The page of a show: the movie, the seat map, and the booking panel.

import { logIn } from "./account.js";
import { request, requestObject } from "./api.js";
import { BookingPanel } from "./booking_panel.js";
import { announce, h, icon } from "./dom.js";
import {
  CATEGORY_LABELS,
  FORMAT_LABELS,
  SHOW_STATUS_LABELS,
  formatDateTime,
  formatDuration,
  formatMoney,
  languageName,
} from "./format.js";
import { SHOW } from "./operations.js";
import { poster } from "./poster.js";
import { SeatMap, isAccessible } from "./seat_map.js";
import { SeatUpdates } from "./seat_updates.js";
import { SeatZoom } from "./seat_zoom.js";
import { isClosed } from "./selection_controls.js";
import { movieUrl } from "./show_link.js";

// In milliseconds.
const RELOAD_DELAY = 3_000;
const CONNECTION_LABELS = {
  live: "Live",
  polling: "Reconnecting… Seats may be a few seconds out of date.",
  offline: "Reconnecting… Some seats may have changed.",
};
// A show changes between these with its seats.
const SALE_STATUSES = ["ON_SALE", "SOLD_OUT"];
const SEAT_STATE_LABELS = [
  ["available", "Available"],
  ["selected", "Selected"],
  ["held-by-you", "Held for you"],
  ["booked-by-you", "Booked by you"],
  ["held", "Held by others"],
  ["booked", "Taken"],
  ["blocked", "Not for sale"],
];

/** Renders the page of a show in `main`. Returns { title, onShown, onSessionChange, stop }.
 *
 * If the query has `seats`, the page opens at the seats of the user.
 */
export async function showPage(main, id, query) {
  const loaded = await requestObject(SHOW, id);
  let { show } = loaded;
  if (!show) {
    main.replaceChildren(
      h(
        "div",
        { class: "stack" },
        h("h1", { tabindex: "-1" }, "We can’t find this show"),
        h("a", { href: "#/" }, "See what’s on"),
      ),
    );
    return { title: "Show not found" };
  }
  let isStopped = false;
  let zoom = null;
  let seatMap = createSeatMap();
  const pageHeader = h("header", { class: "show-header" });
  const prices = h("ul", { "aria-label": "Prices" });
  const priceRange = h("p", { class: "price-range" });
  const panel = new BookingPanel(show, seatMap, {
    logIn: logInToHold,
    seatsPerPerson: loaded.cinema.seatsPerPerson,
  });
  const connection = h("p", { class: "connection" });
  const seatSection = h("section", { class: "seat-section", "aria-label": "Seat map" });
  drawDetails();
  drawSeatSection();
  main.replaceChildren(pageHeader, h("div", { class: "show-layout" }, seatSection, panel.element));

  let updates = startUpdates(show.seatMap.cursor);
  let reloads = 0;
  panel.refresh();

  /** Asks the user to log in. Returns whether seats can be held: not if the user has left the page meanwhile. */
  async function logInToHold() {
    return !isStopped && (await logIn({ reason: "Log in to hold your seats." })) && !isStopped;
  }

  function createSeatMap() {
    const created = new SeatMap(show.seatMap.rows, {
      onToggle: (seat) => panel.toggle(seat),
      onSmallSeat: (seat) => zoom.enlarge(seat),
    });
    created.isClosed = isClosed(show);
    zoom = new SeatZoom(created);
    return created;
  }

  function drawDetails() {
    pageHeader.replaceChildren(...headerParts(show));
    prices.replaceChildren(...show.prices.map(priceSample));
    priceRange.textContent = priceRangeOf(show.prices);
    priceRange.hidden = isClosed(show);
    // The seats of a cancelled show no longer change.
    connection.hidden = show.status === "CANCELLED";
  }

  function drawSeatSection() {
    const toolbar = h("div", { class: "seat-toolbar" }, h("div", {}, connection, priceRange), zoom.element);
    seatSection.replaceChildren(toolbar, seatMap.element, h("div", { class: "legend" }, prices, seatStates(seatMap)));
  }

  function startUpdates(cursor) {
    return new SeatUpdates(id, cursor, {
      onSeats: (seats) => (seatMap.matches(seats) ? panel.seatsChanged(seatMap.update(seats)) : reload()),
      onShow: applyState,
      onConnection: showConnection,
      onCursorRejected: reload,
    });
  }

  function showConnection(state) {
    connection.dataset.state = state;
    connection.replaceChildren(h("i"), CONNECTION_LABELS[state]);
    seatMap.isStale = state === "offline";
  }

  /** Reads all seats again: after a login or logout, or when changes may have been missed. */
  async function reload() {
    const thisReload = ++reloads;
    updates.stop();
    const response = await request(SHOW, { id }).catch((error) => error);
    if (thisReload !== reloads) return;
    if (response instanceof Error) {
      showConnection("offline");
      setTimeout(() => thisReload === reloads && reload(), RELOAD_DELAY);
      return;
    }
    applyShow(response.show);
    panel.refresh();
    updates = startUpdates(response.show.seatMap.cursor);
  }

  /** Applies the current state of the show, which came without its seats. */
  function applyState(current) {
    const { status } = current;
    if (stateOf(current) === stateOf(show)) return;
    const isStatusOnly = stateOf({ ...current, status: show.status }) === stateOf(show);
    if (!isStatusOnly || ![status, show.status].every((each) => SALE_STATUSES.includes(each))) reload();
    else showChanged({ ...show, status });
  }

  function applyShow(next) {
    const seats = next.seatMap.rows.flatMap((row) => row.seats);
    const isSamePlan = seats.length === seatMap.seats.size && seatMap.matches(seats);
    if (isSamePlan) panel.seatsChanged(seatMap.update(seats));
    if (!isSamePlan || stateOf(next) !== stateOf(show)) showChanged(next, { isSamePlan });
  }

  /** Draws the show again: it was cancelled or moved, its prices or its seat plan changed, or it sold out. */
  function showChanged(next, { isSamePlan = true } = {}) {
    show = next;
    if (!isSamePlan) {
      seatMap = createSeatMap();
      drawSeatSection();
      seatMap.center();
    }
    seatMap.isClosed = isClosed(show);
    drawDetails();
    panel.replaceShow(show, seatMap);
    announce(SHOW_STATUS_LABELS[show.status] ?? "This show has changed.");
  }

  return {
    title: show.movie.title,
    onShown: ({ isReturn }) => {
      if (query.has("seats") && !isReturn) seatMap.showOwnSeats();
      seatMap.center();
    },
    onSessionChange: reload,
    stop: () => {
      isStopped = true;
      reloads += 1;
      updates.stop();
      panel.stop();
    },
  };
}

/** What the page shows of a show besides its seats, as a string. */
function stateOf({ startsAt, endsAt, format, status, screen, prices }) {
  return JSON.stringify([startsAt, endsAt, format, status, screen.id, prices]);
}

function headerParts(show) {
  const { movie, screen } = show;
  const { theater } = screen;
  const facts = [
    FORMAT_LABELS[show.format],
    formatDuration(movie.durationMinutes),
    movie.certificate,
    languageLabel(show),
    show.subtitles ? `${languageName(show.subtitles)} subtitles` : null,
  ];
  return [
    poster(movie),
    h(
      "div",
      {},
      h("h1", { tabindex: "-1" }, movie.title),
      h("p", { class: "show-time" }, formatDateTime(show.startsAt, theater.timeZone)),
      h(
        "p",
        { class: "venue" },
        icon("location"),
        `${theater.name}, ${screen.name}. `,
        h("span", {}, `Local time (${theater.city}).`),
      ),
      h("ul", { class: "facts" }, ...facts.filter(Boolean).map((fact) => h("li", {}, fact))),
      show.status in SHOW_STATUS_LABELS ? h("p", { class: "notice" }, SHOW_STATUS_LABELS[show.status]) : null,
      movie.synopsis ? h("p", { class: "synopsis" }, movie.synopsis) : null,
      h("p", {}, h("a", { href: movieUrl(movie, theater) }, `All showtimes at ${theater.name}`)),
    ),
  ];
}

function languageLabel({ language, movie }) {
  const tag = language ?? movie.language;
  return tag ? `In ${languageName(tag)}` : null;
}

function seatStates(seatMap) {
  const together = seatMap.hasUnits ? [togetherSample()] : [];
  return h("ul", { "aria-label": "Seat states" }, ...SEAT_STATE_LABELS.map(stateSample), ...together);
}

/** Two joined seats: a love seat, or a part of a table. */
function togetherSample() {
  const [left, right] = [sampleSeat("available"), sampleSeat("available")];
  left.classList.add("joined");
  return h("li", {}, h("span", { class: "joined-samples" }, left, right), "Sold only together");
}

function priceSample({ category, price }) {
  const seat = sampleSeat("available", { "data-category": category });
  if (isAccessible({ category })) seat.append(icon(category.toLowerCase()));
  return h("li", {}, seat, `${capitalize(CATEGORY_LABELS[category])} `, h("b", {}, formatMoney(price)));
}

/** The lowest and the highest price of the seats that most buyers can book. */
function priceRangeOf(prices) {
  const general = prices.filter((entry) => !isAccessible(entry));
  const sorted = (general.length ? general : prices).map(({ price }) => price).sort((a, b) => a.amount - b.amount);
  return [...new Set([sorted[0], sorted.at(-1)].map(formatMoney))].join(" – ");
}

function stateSample([state, label]) {
  const seat = sampleSeat(state);
  if (state === "booked") seat.append(icon("cross"));
  if (["selected", "held-by-you", "booked-by-you"].includes(state)) seat.append(icon("check"));
  return h("li", {}, seat, label);
}

function sampleSeat(state, attributes = {}) {
  return h("span", { class: "seat sample", "data-state": state, "aria-hidden": "true", ...attributes });
}

function capitalize(text) {
  return text[0].toUpperCase() + text.slice(1);
}
