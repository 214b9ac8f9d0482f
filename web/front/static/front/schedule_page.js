// The schedule: the movies of one day in one theater with their show times, and upcoming movies.

import { request } from "./api.js";
import { h, redraw } from "./dom.js";
import {
  FORMAT_LABELS,
  SHOW_STATUS_LABELS,
  cinemaDate,
  dateIn,
  datesFrom,
  formatDate,
  formatDuration,
  formatMoney,
  formatTime,
  pluralize,
} from "./format.js";
import { SCHEDULE, THEATERS } from "./operations.js";
import { poster } from "./poster.js";
import { serverNow } from "./server_clock.js";

const DAYS = 7;
// If a smaller share of the seats is available, the page shows how many are left.
const LOW_AVAILABILITY = 0.15;
const THEATER_KEY = "front.theater";
const TITLE = "What’s on";

/** Shows the schedule in `main` and returns the title of the page.
 *
 * `query` may contain `theater` and `day`. The defaults are the theater that was selected last, and today.
 */
export async function schedulePage(main, query) {
  const { theaters } = await request(THEATERS);
  const theater = selectTheater(theaters.nodes, query.get("theater") ?? localStorage.getItem(THEATER_KEY));
  if (!theater) {
    main.replaceChildren(h("h1", { tabindex: "-1" }, TITLE), h("p", {}, "There are no theaters yet."));
    return { title: TITLE };
  }
  localStorage.setItem(THEATER_KEY, theater.id);
  const dates = datesFrom(cinemaDate(theater, serverNow()), DAYS);
  const date = dates.includes(query.get("day")) ? query.get("day") : dates[0];
  const variables = { theater: theater.id, day: date, now: new Date(serverNow()).toISOString() };
  const { shows, movies } = await request(SCHEDULE, variables);
  const showsByMovie = groupByMovie(
    shows.nodes.filter(({ status, endsAt }) => status !== "CANCELLED" && Date.parse(endsAt) > serverNow()),
  );
  const laterMovies = movies.nodes.filter(({ id, shows: next }) => !showsByMovie.has(id) && next.nodes.length);
  laterMovies.sort((a, b) => a.shows.nodes[0].startsAt.localeCompare(b.shows.nodes[0].startsAt));
  redraw(
    main,
    h("div", { class: "schedule-header" }, h("h1", { tabindex: "-1" }, TITLE), theaterLinks(theaters.nodes, theater)),
    dateLinks(dates, date, theater),
    movieGrid([...showsByMovie.values()].map((entry) => scheduledMovieCard(entry, theater, date))),
    showsByMovie.size ? null : h("p", { class: "empty" }, `No more shows on ${formatDate(date).long}.`),
    ...comingUp(laterMovies, theater),
  );
  return { title: `${TITLE} at ${theater.name}` };
}

function selectTheater(theaters, id) {
  return theaters.find((theater) => theater.id === id) ?? theaters[0];
}

function groupByMovie(shows) {
  const groups = new Map();
  for (const show of shows) {
    if (!groups.has(show.movie.id)) groups.set(show.movie.id, { movie: show.movie, shows: [] });
    groups.get(show.movie.id).shows.push(show);
  }
  return groups;
}

function scheduleUrl(theater, date) {
  return `#/?${new URLSearchParams({ theater: theater.id, ...(date ? { day: date } : {}) })}`;
}

function showUrl({ id }) {
  return `#/show/${encodeURIComponent(id)}`;
}

function theaterLinks(theaters, selected) {
  return h(
    "nav",
    { class: "theaters", "aria-label": "Theaters" },
    ...theaters.map((theater) =>
      h(
        "a",
        { href: scheduleUrl(theater), "aria-current": theater === selected ? "true" : null },
        h("b", {}, theater.name),
        h("span", {}, theater.city),
      ),
    ),
  );
}

function dateLinks(dates, selected, theater) {
  return h(
    "nav",
    { class: "dates", "aria-label": "Days" },
    ...dates.map((date, index) => {
      const { weekday, short } = formatDate(date);
      return h(
        "a",
        { href: scheduleUrl(theater, date), "aria-current": date === selected ? "date" : null },
        h("b", {}, index === 0 ? "Today" : weekday),
        h("span", {}, short),
      );
    }),
  );
}

function movieGrid(cards, className = "movie-grid") {
  return h("div", { class: className }, ...cards);
}

function scheduledMovieCard({ movie, shows }, theater, date) {
  return movieCard(
    movie,
    shows.map((show) => showLink(show, theater, date)),
  );
}

function movieCard(movie, links) {
  const facts = [formatDuration(movie.durationMinutes), movie.certificate, movie.genres.slice(0, 2).join(", ")];
  return h(
    "article",
    { class: "movie" },
    poster(movie),
    h("h2", {}, movie.title),
    h("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    h("div", { class: "show-links" }, ...links),
  );
}

function showLink(show, theater, date) {
  const unavailable = SHOW_STATUS_LABELS[show.status] ?? null;
  const share = show.seatsAvailable / Math.max(1, show.seatsTotal);
  const isLow = share < LOW_AVAILABILITY;
  const note = unavailable ?? (isLow ? `${show.seatsAvailable} left` : `from ${formatMoney(show.priceFrom)}`);
  const bar = h("span", { class: isLow ? "availability low" : "availability" }, h("i"));
  bar.style.setProperty("--share", share.toFixed(3));
  const details = `${show.screen.name}, ${show.seatsAvailable} of ${pluralize(show.seatsTotal, "seat")} available`;
  return h(
    "a",
    { href: showUrl(show), class: unavailable ? "show-link unavailable" : "show-link" },
    h("b", {}, formatTime(show.startsAt, theater.timeZone), afterMidnight(show, theater, date)),
    h("span", {}, FORMAT_LABELS[show.format]),
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

function comingUp(movies, theater) {
  if (!movies.length) return [];
  const cards = movies.map((movie) => {
    const [next] = movie.shows.nodes;
    const { weekday, short } = formatDate(dateIn(theater.timeZone, next.startsAt));
    const time = h("b", {}, formatTime(next.startsAt, theater.timeZone));
    return movieCard(movie, [
      h("a", { href: showUrl(next), class: "show-link next" }, time, h("span", {}, `${weekday}, ${short}`)),
    ]);
  });
  return [h("h2", { class: "coming-up" }, "Coming up"), movieGrid(cards, "movie-grid small")];
}
