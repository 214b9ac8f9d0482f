// The page of a movie: what it is about, and its showtimes in all theaters.

import { requestObject } from "./api.js";
import { h } from "./dom.js";
import { formatDate, formatDuration, formatList, languageName } from "./format.js";
import { keepCurrent } from "./keep_current.js";
import { MOVIE_PAGE } from "./operations.js";
import { poster } from "./poster.js";
import { Showtimes } from "./showtimes.js";

/** Shows the movie in `main`.
 *
 * `query` may contain the filters `day`, `theater`, `format`, `language` and `subtitles`.
 */
export async function moviePage(main, id, query) {
  const { movie, theaters } = await requestObject(MOVIE_PAGE, id);
  if (!movie) {
    main.replaceChildren(
      h(
        "div",
        { class: "stack" },
        h("h1", { tabindex: "-1" }, "We can’t find this movie"),
        h("a", { href: "#/search" }, "Search for movies"),
      ),
    );
    return { title: "Movie not found" };
  }
  const showtimes = new Showtimes(movie, theaters.nodes, query);
  await showtimes.load();
  main.replaceChildren(header(movie), showtimes.element);
  const stopRefreshing = keepCurrent(() => showtimes.refresh());
  const stop = () => {
    stopRefreshing();
    showtimes.stop();
  };
  return { title: movie.title, stop };
}

function header(movie) {
  const facts = [
    formatDuration(movie.durationMinutes),
    movie.certificate,
    ...movie.genres,
    movie.language ? languageName(movie.language) : null,
  ];
  return h(
    "header",
    { class: "show-header movie-header" },
    poster(movie),
    h(
      "div",
      {},
      h("h1", { tabindex: "-1" }, movie.title),
      movie.releaseDate ? h("p", { class: "muted" }, `Released ${formatDate(movie.releaseDate).withYear}`) : null,
      h("ul", { class: "facts" }, ...facts.filter(Boolean).map((fact) => h("li", {}, fact))),
    ),
    h(
      "div",
      { class: "movie-text" },
      movie.synopsis ? h("p", { class: "synopsis" }, movie.synopsis) : null,
      movie.cast.length ? h("p", { class: "cast" }, h("b", {}, "Cast: "), formatList(movie.cast)) : null,
      trailerLink(movie),
    ),
  );
}

function trailerLink({ trailerUrl }) {
  // The server accepts only addresses of web pages; this page does not rely on it.
  if (!trailerUrl || !["https:", "http:"].includes(new URL(trailerUrl).protocol)) return null;
  return h(
    "a",
    { class: "button", href: trailerUrl, target: "_blank", rel: "noopener noreferrer" },
    "Watch the trailer",
    h("span", { class: "visually-hidden" }, " (opens in a new tab)"),
  );
}
