// The showtimes of a movie, grouped by day and theater, with filters.

import { request } from "./api.js";
import { chosenTheaterId } from "./chosen_theater.js";
import { announce, h, redraw } from "./dom.js";
import { cinemaDate, formatDate, pluralize } from "./format.js";
import { languagesOf } from "./languages.js";
import { SHOWTIMES } from "./operations.js";
import { serverNow } from "./server_clock.js";
import { isCurrent, movieUrl, showLink } from "./show_link.js";
import { ShowtimeFilters } from "./showtime_filters.js";

// In milliseconds. Booking can close up to four hours after a show has started.
const MAX_TIME_AFTER_START = 4 * 3_600_000;

export class Showtimes {
  #movie;
  #filters;
  #list = h("div", { class: "showtimes" });
  #more = h("div", { class: "more" });
  #shows = [];
  #loads = 0;
  #pages = 0;

  /** `theaters` are all theaters; `query` has the selected filters. */
  constructor(movie, theaters, query) {
    this.#movie = movie;
    const from = new Date(serverNow() - MAX_TIME_AFTER_START).toISOString();
    const base = { movieId: movie.id, from };
    this.#filters = new ShowtimeFilters({ movie, theaters, query, base }, () => this.#filter());
    this.element = h(
      "section",
      { "aria-labelledby": "showtimes" },
      h("h2", { id: "showtimes", class: "day" }, "Showtimes"),
      h("p", { class: "muted" }, "Times are local to each theater."),
      this.#filters.element,
      this.#list,
      this.#more,
    );
  }

  /** Loads the filters and the first showtimes. */
  load() {
    return Promise.all([this.#filters.load(), this.#loadPage(null)]);
  }

  /** Ignores the responses to running requests. */
  stop() {
    this.#loads += 1;
    this.#filters.stop();
  }

  async #filter() {
    const parameters = this.#filters.parameters.toString();
    history.replaceState(history.state, "", movieUrl(this.#movie) + (parameters ? `?${parameters}` : ""));
    try {
      await this.#loadPage(null);
      announce(this.#summary());
    } catch (error) {
      // The listed ones are those of the filters before.
      redraw(this.#list);
      this.#showProblem(error);
    }
  }

  async #loadPage(after) {
    this.#loads += 1;
    const load = this.#loads;
    this.#list.setAttribute("aria-busy", "true");
    try {
      const { shows } = await request(SHOWTIMES, { filter: this.#filters.input, after });
      if (load !== this.#loads) return;
      const current = shows.nodes.filter(isCurrent);
      this.#shows = after ? [...this.#shows, ...current] : current;
      this.#pages = after ? this.#pages + 1 : 1;
      this.#draw(shows.pageInfo);
    } catch (error) {
      // The user has selected another filter in the meantime, or left the page.
      if (load === this.#loads) throw error;
    } finally {
      if (load === this.#loads) this.#list.removeAttribute("aria-busy");
    }
  }

  /** Reads the shown pages again. */
  async refresh() {
    const load = this.#loads;
    const nodes = [];
    let pageInfo = { hasNextPage: true, endCursor: null };
    for (let page = 0; page < this.#pages && pageInfo.hasNextPage; page += 1) {
      const { shows } = await request(SHOWTIMES, { filter: this.#filters.input, after: pageInfo.endCursor });
      nodes.push(...shows.nodes);
      pageInfo = shows.pageInfo;
    }
    // The user has selected a filter, shown more, or left the page.
    if (load !== this.#loads) return;
    this.#shows = nodes.filter(isCurrent);
    this.#draw(pageInfo);
  }

  #draw({ hasNextPage, endCursor }) {
    redraw(this.#list, ...(this.#shows.length ? this.#days() : [this.#emptyMessage(hasNextPage)]));
    redraw(this.#more, hasNextPage ? this.#moreButton(endCursor) : null);
  }

  #moreButton(cursor) {
    const showMore = async () => {
      const known = new Set(this.#shows.map(({ id }) => id));
      await this.#loadPage(cursor).catch((error) => this.#showProblem(error));
      const next = this.#shows.find(({ id }) => !known.has(id));
      // The button may be gone, so the focus moves to the first new show.
      if (next) this.#list.querySelector(`[data-key="${CSS.escape(next.id)}"]`).focus();
    };
    return h("button", { type: "button", "data-key": "more", onclick: showMore }, "Show more showtimes");
  }

  #emptyMessage(hasNextPage) {
    if (hasNextPage) return null;
    if (!this.#filters.parameters.size) return h("p", { class: "empty" }, "There are no showtimes at the moment.");
    const clear = h("button", { type: "button", onclick: () => this.#filters.clear() }, "Clear filters");
    return h("p", { class: "empty" }, "No showtimes match these filters. ", clear);
  }

  #showProblem(error) {
    announce(error.message);
    const retry = h("button", { type: "button", onclick: () => this.#filter() }, "Try again");
    redraw(this.#more, h("p", { class: "problem" }, error.message), retry);
  }

  #summary() {
    const showtimes = pluralize(this.#shows.length, "showtime");
    if (this.#more.childElementCount) return `The first ${showtimes}`;
    return this.#shows.length ? showtimes : "No showtimes match these filters.";
  }

  #days() {
    const days = groupBy(this.#shows, ({ screen, startsAt }) => cinemaDate(screen.theater, startsAt));
    return [...days].sort(([a], [b]) => a.localeCompare(b)).map(([date, shows]) => this.#day(date, shows));
  }

  #day(date, shows) {
    const theaters = [...groupBy(shows, ({ screen }) => screen.theater.id).values()];
    theaters.sort(([a], [b]) => compareTheaters(a.screen.theater, b.screen.theater));
    return h(
      "section",
      { class: "showtimes-day" },
      h("h3", {}, formatDate(date).long),
      ...theaters.map((inTheater) => this.#theaterGroup(inTheater, date)),
    );
  }

  #theaterGroup(shows, date) {
    const { theater } = shows[0].screen;
    return h(
      "div",
      { class: "showtimes-theater" },
      // Screen readers read the name and the city as two words only if there is a space between them.
      h("h4", {}, `${theater.name} `, h("span", {}, theater.city)),
      h("div", { class: "show-links" }, ...shows.map((show) => showLink(show, theater, date, languagesOf(show, this.#movie)))),
    );
  }
}

/** Orders theaters by name, after the one that was selected on the schedule. */
function compareTheaters(a, b) {
  const isChosen = ({ id }) => id === chosenTheaterId();
  return isChosen(b) - isChosen(a) || a.name.localeCompare(b.name);
}

/** Returns a Map from each key to its items. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
