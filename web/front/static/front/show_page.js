// The page of a show: the movie, the seat map, and the booking panel.

import { logIn } from "./account.js";
import { request } from "./api.js";
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

// In milliseconds.
const RELOAD_DELAY = 3_000;
const CONNECTION_LABELS = {
  live: "Live",
  polling: "Reconnecting… Seats may be a few seconds out of date.",
  offline: "Reconnecting… Some seats may have changed.",
};
const SEAT_STATE_LABELS = [
  ["available", "Available"],
  ["selected", "Selected"],
  ["held-by-you", "Held for you"],
  ["booked-by-you", "Booked by you"],
  ["held", "Held by others"],
  ["booked", "Taken"],
  ["blocked", "Not for sale"],
];

/** Renders the page of a show in `main`. Returns { title, onShown, onSessionChange, stop }. */
export async function showPage(main, id) {
  const loaded = await request(SHOW, { id });
  let { show } = loaded;
  if (!show) {
    main.replaceChildren(
      h("h1", { tabindex: "-1" }, "We can’t find this show"),
      h("a", { href: "#/" }, "See what’s on"),
    );
    return { title: "Show not found" };
  }
  let seatMap = createSeatMap();
  let pageHeader = header(show);
  const panel = new BookingPanel(show, seatMap, {
    logIn: () => logIn({ reason: "Log in to hold your seats." }),
    seatsPerPerson: loaded.cinema.seatsPerPerson,
  });
  const connection = h("p", { class: "connection" });
  const seatSection = h("section", { class: "seat-section", "aria-label": "Seat map" });
  seatSection.replaceChildren(connection, seatMap.element, legend(show));
  main.replaceChildren(pageHeader, h("div", { class: "show-layout" }, seatSection, panel.element));

  let updates = startUpdates(show.seatMap.cursor);
  let reloads = 0;
  panel.refresh();

  function createSeatMap() {
    return new SeatMap(show.seatMap.rows, { onToggle: (seat) => panel.toggle(seat) });
  }

  function startUpdates(cursor) {
    return new SeatUpdates(id, cursor, {
      onSeats: (seats) => (seatMap.matches(seats) ? panel.seatsChanged(seatMap.update(seats)) : reload()),
      onShow: (current) => stateOf(current) === stateOf(show) || reload(),
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

  function applyShow(next) {
    const seats = next.seatMap.rows.flatMap((row) => row.seats);
    const isSame = stateOf(next) === stateOf(show) && seats.length === seatMap.seats.size && seatMap.matches(seats);
    show = next;
    if (isSame) panel.seatsChanged(seatMap.update(seats));
    else redrawShow();
  }

  /** Draws the show again: it was cancelled or moved, its prices or its seat plan changed, or booking has closed. */
  function redrawShow() {
    seatMap = createSeatMap();
    seatSection.replaceChildren(connection, seatMap.element, legend(show));
    const newHeader = header(show);
    pageHeader.replaceWith(newHeader);
    pageHeader = newHeader;
    panel.replaceShow(show, seatMap);
    seatMap.center();
    announce("This show has changed.");
  }

  return {
    title: show.movie.title,
    onShown: () => seatMap.center(),
    onSessionChange: reload,
    stop: () => {
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

function header(show) {
  const { movie, screen } = show;
  const { theater } = screen;
  const facts = [
    FORMAT_LABELS[show.format],
    formatDuration(movie.durationMinutes),
    movie.certificate,
    languageLabel(show),
    show.subtitles ? `${languageName(show.subtitles)} subtitles` : null,
  ];
  return h(
    "header",
    { class: "show-header" },
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
    ),
  );
}

function languageLabel({ language, movie }) {
  const tag = language ?? movie.language;
  return tag ? `In ${languageName(tag)}` : null;
}

function legend(show) {
  return h(
    "div",
    { class: "legend" },
    h("ul", { "aria-label": "Prices" }, ...show.prices.map(priceSample)),
    h("ul", { "aria-label": "Seat states" }, ...SEAT_STATE_LABELS.map(stateSample)),
  );
}

function priceSample({ category, price }) {
  const seat = sampleSeat("available", { "data-category": category });
  if (isAccessible({ category })) seat.append(icon(category.toLowerCase()));
  return h("li", {}, seat, `${capitalize(CATEGORY_LABELS[category])} `, h("b", {}, formatMoney(price)));
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
