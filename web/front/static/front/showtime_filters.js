// The filters of showtimes: day, theater, format, language and subtitles.

import { request } from "./api.js";
import { h } from "./dom.js";
import { FORMAT_LABELS, cinemaDate, formatDate, isDate, languageName } from "./format.js";
import { SHOWTIME_OPTIONS } from "./operations.js";
import { isCurrent } from "./show_link.js";

const LANGUAGE_TAG = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

export class ShowtimeFilters {
  element = h("form", { class: "filters", "aria-label": "Filters" });
  /** The selected values, as in the address of the page. */
  parameters = new URLSearchParams();
  #movie;
  #theaters;
  #base;
  #onChange;
  #shows = [];
  #selects = new Map();
  #isStopped = false;

  /** `query` has the values that are selected first. `base` is the filter for all shows. `onChange` takes nothing. */
  constructor({ movie, theaters, query, base }, onChange) {
    this.#movie = movie;
    this.#theaters = theaters;
    this.#base = base;
    this.#onChange = onChange;
    for (const { name, isValid } of this.#fields()) {
      if (isValid(query.get(name) ?? "")) this.parameters.set(name, query.get(name));
    }
  }

  /** Draws the filters with the values of the first showtimes, and adds those of the others when they are read.
   *
   * If reading them fails, only the known values are offered.
   */
  async load() {
    const cursor = await this.#readShows(null);
    this.#draw();
    if (cursor) this.#addOtherValues(cursor);
  }

  stop() {
    this.#isStopped = true;
  }

  clear() {
    this.parameters = new URLSearchParams();
    this.#draw();
    this.#onChange();
    this.element.querySelector("label:not([hidden]) select")?.focus();
  }

  /** The ShowFilter of the API for the selected values. */
  get input() {
    const [day, theater, format, language, subtitles] = this.#fields().map(({ name }) => this.parameters.get(name));
    return {
      ...this.#base,
      date: day,
      theaterId: theater,
      format,
      languages: language && [language],
      subtitles: subtitles && [subtitles],
    };
  }

  async #addOtherValues(cursor) {
    let next = cursor;
    while (next && !this.#isStopped) next = await this.#readShows(next);
    this.#draw();
  }

  /** Returns the cursor for the next shows, or null. */
  async #readShows(after) {
    try {
      const { shows } = await request(SHOWTIME_OPTIONS, { filter: this.#base, after });
      this.#shows.push(...shows.nodes.filter(isCurrent));
      return shows.pageInfo.hasNextPage ? shows.pageInfo.endCursor : null;
    } catch {
      return null;
    }
  }

  #fields() {
    const theaters = [...this.#theaters, ...this.#shows.map(({ screen }) => screen.theater)];
    return [
      {
        name: "day",
        label: "Day",
        any: "Any day",
        isValid: isDate,
        valueOf: (show) => cinemaDate(show.screen.theater, show.startsAt),
        labelOf: (date) => `${formatDate(date).weekday}, ${formatDate(date).short}`,
        compare: (a, b) => a.value.localeCompare(b.value),
      },
      {
        name: "theater",
        label: "Theater",
        any: "Any theater",
        isValid: (id) => theaters.some((theater) => theater.id === id),
        valueOf: ({ screen }) => screen.theater.id,
        labelOf: (id) => theaters.find((theater) => theater.id === id).name,
      },
      {
        name: "format",
        label: "Format",
        any: "Any format",
        isValid: (format) => Object.hasOwn(FORMAT_LABELS, format),
        valueOf: ({ format }) => format,
        labelOf: (format) => FORMAT_LABELS[format],
      },
      {
        name: "language",
        label: "Language",
        any: "Any language",
        isValid: (tag) => LANGUAGE_TAG.test(tag),
        valueOf: ({ language }) => language ?? this.#movie.language,
        labelOf: languageName,
        includes: includesLanguage,
      },
      {
        name: "subtitles",
        label: "Subtitles",
        any: "Any or none",
        isValid: (tag) => LANGUAGE_TAG.test(tag),
        valueOf: ({ subtitles }) => subtitles,
        labelOf: languageName,
        includes: includesLanguage,
      },
    ];
  }

  /** Draws the filters. Each offers only values that have showtimes under the other filters. */
  #draw() {
    const fields = this.#fields();
    for (const field of fields) {
      const others = fields.filter(({ name }) => name !== field.name);
      const select = this.#selects.get(field.name) ?? this.#addSelect(field);
      const shows = this.#shows.filter((show) => this.#matches(show, others));
      select.replaceChildren(h("option", { value: "" }, field.any), ...this.#options(field, shows));
      select.parentElement.hidden = !this.#isUseful(field);
    }
  }

  #addSelect({ name, label }) {
    const select = h("select", { name, onchange: () => this.#change(name, select.value) });
    this.#selects.set(name, select);
    this.element.append(h("label", { class: "field" }, label, select));
    return select;
  }

  /** A filter with one value changes nothing, except for subtitles, which some shows do not have. */
  #isUseful({ name, valueOf }) {
    const values = new Set(this.#shows.map(valueOf).filter(Boolean));
    return this.parameters.has(name) || values.size >= (name === "subtitles" ? 1 : 2);
  }

  #matches(show, fields) {
    return fields.every(({ name, valueOf, includes = isSame }) => {
      const selected = this.parameters.get(name);
      return !selected || includes(selected, valueOf(show));
    });
  }

  #options({ name, valueOf, labelOf, compare = byLabel }, shows) {
    const selected = this.parameters.get(name);
    const values = new Set([...shows.map(valueOf), selected].filter(Boolean));
    const choices = [...values].map((value) => ({ value, label: labelOf(value) })).sort(compare);
    return choices.map(({ value, label }) => h("option", { value, selected: value === selected }, label));
  }

  #change(name, value) {
    if (value) this.parameters.set(name, value);
    else this.parameters.delete(name);
    this.#draw();
    this.#onChange();
  }
}

function isSame(selected, value) {
  return selected === value;
}

/** Whether the language `selected` includes `tag`, as for the API: Portuguese includes that of Brazil. */
function includesLanguage(selected, tag) {
  return tag === selected || tag?.startsWith(`${selected}-`);
}

function byLabel(a, b) {
  return a.label.localeCompare(b.label);
}
