// The schedule: the movies of one day in one theater with their show times, and upcoming movies.

import { request, requestAll } from "./api.js";
import { chooseTheater, chosenTheaterId } from "./chosen_theater.js";
import { h, redraw } from "./dom.js";
import {
  SHOW_STATUS_LABELS,
  cinemaDate,
  dateIn,
  datesFrom,
  formatDate,
  formatDuration,
  formatTime,
  isDate,
} from "./format.js";
import { keepCurrent } from "./keep_current.js";
import { COMING_UP, FIRST_AND_LAST_SHOW, SHOWS_OF_DAY, THEATERS } from "./operations.js";
import { languageDifferences } from "./languages.js";
import { takeNextPageMessage } from "./next_page_message.js";
import { poster } from "./poster.js";
import { DAY_HEADING, scheduleNavigation, scheduleUrl } from "./schedule_navigation.js";
import { serverNow } from "./server_clock.js";
import { isCurrent, movieUrl, showLink, showUrl } from "./show_link.js";

// How many days have a link. The date picker selects the others.
const DAYS = 7;
// In pixels.
const OUTLINE_WIDTH = 4;
const TITLE = "What’s on";

/** Shows the schedule in `main`. Returns { title, onShown, stop }.
 *
 * `query` may contain `theater` and `day`. The defaults are the theater that was selected last, and the first day with a
 * show that can be booked.
 */
export async function schedulePage(main, query) {
  const { theaters } = await request(THEATERS);
  const text = takeNextPageMessage();
  const message = text && h("p", { class: "success" }, text);
  const theater = selectTheater(theaters.nodes, query.get("theater"));
  if (!theater) {
    main.replaceChildren(message ?? "", h("h1", { tabindex: "-1" }, TITLE), h("p", {}, "There are no theaters yet."));
    return { title: TITLE };
  }
  chooseTheater(theater);
  const pickedDate = isDate(query.get("day")) ? query.get("day") : null;
  const list = h("div");
  let day = null;
  await refresh();
  return { title: `${TITLE} at ${theater.name}`, onShown: () => showSelectedLinks(main), stop: keepCurrent(refresh) };

  async function refresh() {
    const next = await loadDay(theater, pickedDate);
    redraw(list, ...drawMovies(next));
    const hasSameLinks = day && day.date === next.date && day.dates[0] === next.dates[0];
    day = next;
    // The user may be typing a date.
    if (hasSameLinks) return;
    const navigation = scheduleNavigation({ title: TITLE, theaters: theaters.nodes, pickedDate, ...day });
    redraw(main, message, ...navigation, notice(query, day), list);
    showSelectedLinks(main);
  }
}

/** Reads what the schedule shows on `pickedDate`, or if it is null, on the first day with a show that can be booked.
 *
 * Returns { theater, date, isToday, hasSkippedToday, dates, lastDate, scheduled, others }. `dates` have a link, and
 * `lastDate` is the last day with a show that can be booked, or null. For `scheduled` and `others`, see loadMovies.
 */
async function loadDay(theater, pickedDate) {
  const now = serverNow();
  const today = cinemaDate(theater, now);
  const [loaded, { first, last }] = await Promise.all([
    loadMovies(theater, pickedDate ?? today),
    request(FIRST_AND_LAST_SHOW, { theater: theater.id }),
  ]);
  const dateOf = ({ nodes: [show] }) => (show ? cinemaDate(theater, show.startsAt) : null);
  const firstDate = dateOf(first) > today ? dateOf(first) : today;
  const date = pickedDate ?? firstDate;
  const movies = date === (pickedDate ?? today) ? loaded : await loadMovies(theater, date);
  const calendarDate = dateIn(theater.timeZone, now);
  // After midnight, the evening before has a link while its shows can be booked.
  const dates = datesFrom(firstDate > today ? calendarDate : today, DAYS);
  const hasSkippedToday = date !== pickedDate && date > calendarDate;
  return { theater, date, isToday: date === calendarDate, hasSkippedToday, dates, lastDate: dateOf(last), ...movies };
}

function selectTheater(theaters, id) {
  const find = (wanted) => theaters.find((theater) => theater.id === wanted);
  return find(id) ?? find(chosenTheaterId()) ?? theaters[0];
}

/** Says what the page shows instead of an unknown theater or day in the URL, or instead of today. */
function notice(query, { theater, hasSkippedToday }) {
  const problems = [];
  if (![null, theater.id].includes(query.get("theater"))) {
    problems.push(`We can’t find this theater. This is the schedule of ${theater.name}.`);
  }
  if (query.has("day") && !isDate(query.get("day"))) problems.push("This is not a date. Here are the next shows.");
  if (hasSkippedToday) problems.push("No more shows can be booked today.");
  return problems.length ? h("p", { class: "notice" }, problems.join(" ")) : null;
}

/** Returns the movies of the day with their shows that have not ended, and the other movies with their next show. */
async function loadMovies(theater, date) {
  const [shows, movies] = await Promise.all([
    requestAll(SHOWS_OF_DAY, { theater: theater.id, day: date }, "shows"),
    requestAll(COMING_UP, { theater: theater.id }, "movies"),
  ]);
  const scheduled = groupByMovie(shows.filter(isCurrent));
  const others = movies.filter(({ id, shows: next }) => !scheduled.has(id) && next.nodes.length);
  others.sort((a, b) => Date.parse(a.shows.nodes[0].startsAt) - Date.parse(b.shows.nodes[0].startsAt));
  return { scheduled: [...scheduled.values()], others };
}

function drawMovies({ theater, date, isToday, scheduled, others }) {
  const { long } = formatDate(date);
  return [
    h("h2", { id: DAY_HEADING, class: isToday ? "visually-hidden" : "day" }, isToday ? "Today" : long),
    scheduled.length
      ? movieGrid(scheduled.map((entry) => scheduledMovieCard(entry, theater, date)))
      : noShows(others, theater, date),
    ...comingUp(others, theater, isToday),
  ];
}

/** Says that there are no shows on `date`, with a link to the next day that has some, or if there is none, to the first. */
function noShows(others, theater, date) {
  const days = others.map(({ shows }) => cinemaDate(theater, shows.nodes[0].startsAt));
  const next = days.find((day) => day > date) ?? days[0];
  const link = next && h("a", { href: scheduleUrl(theater, next) }, `See ${formatDate(next).long}`);
  const text = date > cinemaDate(theater, serverNow()) ? "There are no shows on" : "No more shows on";
  return h("p", { class: "empty" }, `${text} ${formatDate(date).long}. `, link);
}

/** Scrolls the lists of theaters and days to the selected ones. If one is wider than the window, scrolls to its beginning. */
function showSelectedLinks(main) {
  for (const link of main.querySelectorAll("[aria-current]")) {
    const list = link.parentElement;
    const left = link.getBoundingClientRect().left - list.getBoundingClientRect().left;
    list.scrollLeft += left - Math.max(OUTLINE_WIDTH, (list.clientWidth - link.offsetWidth) / 2);
  }
}

function groupByMovie(shows) {
  const groups = new Map();
  for (const show of shows) {
    if (!groups.has(show.movie.id)) groups.set(show.movie.id, { movie: show.movie, shows: [] });
    groups.get(show.movie.id).shows.push(show);
  }
  return groups;
}

function movieGrid(cards, className = "movie-grid") {
  return h("div", { class: className }, ...cards);
}

function scheduledMovieCard({ movie, shows }, theater, date) {
  const differencesOf = languageDifferences(shows, movie);
  const links = shows.map((show) => showLink(show, theater, date, differencesOf(show)));
  return movieCard(movie, theater, links);
}

function movieCard(movie, theater, links) {
  const facts = [formatDuration(movie.durationMinutes), movie.certificate, movie.genres.slice(0, 2).join(", ")];
  return h(
    "article",
    { class: "movie" },
    poster(movie),
    h("h3", {}, h("a", { href: movieUrl(movie, theater) }, movie.title)),
    h("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    h("div", { class: "show-links" }, ...links),
  );
}

function comingUp(movies, theater, isToday) {
  if (!movies.length) return [];
  const cards = movies.map((movie) => {
    const [next] = movie.shows.nodes;
    const { weekday, short } = formatDate(dateIn(theater.timeZone, next.startsAt));
    const time = h("b", {}, formatTime(next.startsAt, theater.timeZone));
    return movieCard(movie, theater, [
      h(
        "a",
        { href: showUrl(next), "data-key": next.id, class: "show-link next" },
        time,
        h("span", {}, `${weekday}, ${short}`),
      ),
    ]);
  });
  return [h("h2", { class: "coming-up" }, isToday ? "Coming up" : "On other days"), movieGrid(cards, "movie-grid small")];
}
