// The page of a show: the movie, the seat map, and the booking panel.

import { logIn } from "./account.js";
import { request } from "./api.js";
import { BookingPanel } from "./booking_panel.js";
import { h, icon } from "./dom.js";
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
import { SeatMap } from "./seat_map.js";
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
  const { show, cinema } = await request(SHOW, { id });
  if (!show) {
    main.replaceChildren(
      h("h1", { tabindex: "-1" }, "We can’t find this show"),
      h("a", { href: "#/" }, "See what’s on"),
    );
    return { title: "Show not found" };
  }
  const seatMap = new SeatMap(show.seatMap.rows, { onToggle: (seat) => panel.toggle(seat) });
  const panel = new BookingPanel(show, seatMap, {
    logIn: () => logIn({ reason: "Log in to hold your seats." }),
    seatsPerPerson: cinema.seatsPerPerson,
  });
  const connection = h("p", { class: "connection" });
  main.replaceChildren(
    header(show),
    h(
      "div",
      { class: "show-layout" },
      h("section", { class: "seat-section", "aria-label": "Seat map" }, connection, seatMap.element, legend(show)),
      panel.element,
    ),
  );

  let updates = startUpdates(show.seatMap.cursor);
  let reloads = 0;
  panel.refresh();

  function startUpdates(cursor) {
    return new SeatUpdates(id, cursor, {
      onSeats: (seats) => panel.seatsChanged(seatMap.update(seats)),
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
    panel.seatsChanged(seatMap.update(response.show.seatMap.rows.flatMap(({ seats }) => seats)));
    panel.refresh();
    updates = startUpdates(response.show.seatMap.cursor);
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

function header(show) {
  const { movie, screen } = show;
  const { theater } = screen;
  const facts = [
    FORMAT_LABELS[show.format],
    formatDuration(movie.durationMinutes),
    movie.certificate,
    languageLabel(show),
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
  if (category === "WHEELCHAIR" || category === "COMPANION") seat.append(icon(category.toLowerCase()));
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
