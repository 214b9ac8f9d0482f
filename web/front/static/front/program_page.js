// What is on: the movies of a day in a theater, each with its shows, and what else is coming up.

import { ask } from "./api.js";
import { now } from "./clock.js";
import { PROGRAM, THEATERS } from "./documents.js";
import { h, redraw } from "./dom.js";
import { poster } from "./posters.js";
import { FORMATS, SHOW_STATUSES, count, day, dayNames, daysFrom, minutes, money, time } from "./words.js";

const DAYS = 7;
const FEW = 0.15;
const REMEMBERED = "front.theater";

/** Shows the program in `main`, of the theater and the day that the address names, or else those of last time and today. */
export async function programPage(main, query) {
  const { theaters } = await ask(THEATERS);
  const theater = chosen(theaters.nodes, query.get("theater") ?? localStorage.getItem(REMEMBERED));
  if (!theater) {
    main.replaceChildren(h("h1", { tabindex: "-1" }, "What’s on"), h("p", {}, "There is no theater yet."));
    return { title: "What’s on" };
  }
  localStorage.setItem(REMEMBERED, theater.id);
  const days = daysFrom(day(now(), theater.timeZone), DAYS);
  const date = days.includes(query.get("day")) ? query.get("day") : days[0];
  const { shows, movies } = await ask(PROGRAM, { theater: theater.id, day: date, now: new Date(now()).toISOString() });
  const today = byMovie(
    shows.nodes.filter(({ status, endsAt }) => status !== "CANCELLED" && Date.parse(endsAt) > now()),
  );
  const others = movies.nodes.filter(({ id, shows: next }) => !today.has(id) && next.nodes.length);
  others.sort((one, other) => one.shows.nodes[0].startsAt.localeCompare(other.shows.nodes[0].startsAt));
  redraw(
    main,
    h("div", { class: "hero" }, h("h1", { tabindex: "-1" }, "What’s on"), theaterChoice(theaters.nodes, theater)),
    dayChoice(days, date, theater),
    wall(
      [...today.values()].map(({ movie, shows: times }) =>
        movieCard(
          movie,
          times.map((show) => timeLink(show, theater)),
        ),
      ),
    ),
    today.size ? null : h("p", { class: "empty" }, `Nothing more on ${dayNames(date).whole}.`),
    ...alsoComing(others, theater),
  );
  return { title: `What’s on at ${theater.name}` };
}

function chosen(theaters, id) {
  return theaters.find((theater) => theater.id === id) ?? theaters[0];
}

function byMovie(shows) {
  const found = new Map();
  for (const show of shows) {
    if (!found.has(show.movie.id)) found.set(show.movie.id, { movie: show.movie, shows: [] });
    found.get(show.movie.id).shows.push(show);
  }
  return found;
}

function address(theater, date) {
  return `#/?${new URLSearchParams({ theater: theater.id, ...(date ? { day: date } : {}) })}`;
}

function theaterChoice(theaters, theater) {
  return h(
    "nav",
    { class: "theaters", "aria-label": "Theaters" },
    ...theaters.map((one) =>
      h(
        "a",
        { href: address(one), "aria-current": one === theater ? "true" : null },
        h("b", {}, one.name),
        h("span", {}, one.city),
      ),
    ),
  );
}

function dayChoice(days, date, theater) {
  return h(
    "nav",
    { class: "days", "aria-label": "Days" },
    ...days.map((one, index) => {
      const { weekday, date: name } = dayNames(one);
      return h(
        "a",
        { href: address(theater, one), "aria-current": one === date ? "date" : null },
        h("b", {}, index === 0 ? "Today" : weekday),
        h("span", {}, name),
      );
    }),
  );
}

function wall(cards) {
  return h("div", { class: "wall" }, ...cards);
}

function movieCard(movie, times) {
  const facts = [minutes(movie.durationMinutes), movie.certificate, movie.genres.slice(0, 2).join(", ")];
  return h(
    "article",
    { class: "movie" },
    poster(movie),
    h("h2", {}, movie.title),
    h("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    h("div", { class: "times" }, ...times),
  );
}

function timeLink(show, theater) {
  const at = time(show.startsAt, theater.timeZone);
  const state = SHOW_STATUSES[show.status] ?? null;
  const share = show.seatsAvailable / Math.max(1, show.seatsTotal);
  const left = state ?? (share < FEW ? `${show.seatsAvailable} left` : `from ${money(show.priceFrom)}`);
  const meter = h("span", { class: share < FEW ? "meter few" : "meter" }, h("i"));
  meter.style.setProperty("--share", share.toFixed(3));
  const more = `${show.screen.name}, ${show.seatsAvailable} of ${count(show.seatsTotal, "seat")} free`;
  return h(
    "a",
    { href: showAddress(show), class: state ? "time off" : "time" },
    h("b", {}, at),
    h("span", {}, FORMATS[show.format]),
    h("small", {}, left),
    state ? null : h("span", { class: "unseen" }, more),
    state ? null : meter,
  );
}

function showAddress({ id }) {
  return `#/show/${encodeURIComponent(id)}`;
}

function alsoComing(movies, theater) {
  if (!movies.length) return [];
  const cards = movies.map((movie) => {
    const [next] = movie.shows.nodes;
    const { weekday, date } = dayNames(day(next.startsAt, theater.timeZone));
    const at = time(next.startsAt, theater.timeZone);
    return movieCard(movie, [
      h("a", { href: showAddress(next), class: "time next" }, h("b", {}, at), h("span", {}, `${weekday}, ${date}`)),
    ]);
  });
  return [h("h2", { class: "also" }, "Coming up"), h("div", { class: "wall small" }, ...cards)];
}
