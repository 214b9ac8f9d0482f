// Search: movies whose titles match, as the user types.

import { request, requestAll } from "./api.js";
import { announce, h, redraw } from "./dom.js";
import { formatDuration, pluralize } from "./format.js";
import { SEARCH } from "./operations.js";
import { poster } from "./poster.js";
import { movieUrl } from "./show_link.js";
import { similarTo } from "./similar_titles.js";

// In milliseconds. A search starts when the user has not typed for this time.
const TYPING_PAUSE = 250;
// The longest search that the API accepts.
const MAX_LENGTH = 200;
const TITLE = "Search";

/** Shows the search in `main`. `query` may contain the searched text as `q`. Without it, movies on sale are shown. */
export async function searchPage(main, query) {
  let text = (query.get("q") ?? "").slice(0, MAX_LENGTH);
  let searches = 0;
  let timer;
  const input = h("input", {
    type: "search",
    name: "q",
    value: text,
    maxlength: MAX_LENGTH,
    autocomplete: "off",
    "aria-label": "Search movies by title",
    placeholder: "Movie title",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(search, TYPING_PAUSE);
    },
  });
  const heading = h("h2", { class: "day" });
  const hint = h("p", { class: "muted", hidden: true });
  const results = h("ul", { class: "results", onkeydown: moveFocus });
  const more = h("div", { class: "more" });
  const form = h("form", { role: "search", onkeydown: moveFocus }, input);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  main.replaceChildren(h("h1", { tabindex: "-1" }, TITLE), form, heading, hint, results, more);
  await load(null);
  const stop = () => {
    clearTimeout(timer);
    searches += 1;
  };
  return { title: TITLE, firstFocus: input, stop };

  async function search() {
    clearTimeout(timer);
    text = input.value.trim();
    history.replaceState(history.state, "", text ? `#/search?${new URLSearchParams({ q: text })}` : "#/search");
    await load(null).catch((error) => {
      // The listed movies are those of the search before.
      results.replaceChildren();
      for (const element of [heading, hint]) element.hidden = true;
      showProblem(error);
    });
  }

  async function load(after) {
    searches += 1;
    const thisSearch = searches;
    results.setAttribute("aria-busy", "true");
    const filter = text ? { search: text } : { onSale: true };
    const response = await findMovies(filter, after).catch((error) => error);
    // The user has typed more in the meantime.
    if (thisSearch !== searches) return;
    results.removeAttribute("aria-busy");
    if (response instanceof Error) throw response;
    draw(response, after);
  }

  async function findMovies(filter, after) {
    const { movies } = await request(SEARCH, { filter, after });
    if (movies.totalCount || !text) return { ...movies, similar: [] };
    const onSale = await requestAll(SEARCH, { filter: { onSale: true } }, "movies");
    return { ...movies, similar: similarTo(text, onSale) };
  }

  function draw({ nodes, totalCount, pageInfo, similar }, after) {
    heading.textContent = headingFor(text, totalCount);
    heading.hidden = false;
    if (!after) {
      results.replaceChildren();
      const found = similar.length ? ` ${pluralize(similar.length, "similar title")}.` : "";
      announce(heading.textContent + found);
    }
    const items = [...nodes, ...similar].map(resultItem);
    results.append(...items);
    hint.hidden = totalCount > 0 || !text;
    hint.textContent = similar.length ? "Did you mean:" : "Check the spelling, or type only a part of the title.";
    const showMore = () => load(pageInfo.endCursor).catch(showProblem);
    redraw(more, pageInfo.hasNextPage ? h("button", { type: "button", onclick: showMore }, "Show more") : null);
    // The button has been replaced, so the focus moves to the first new movie.
    if (after) items[0]?.firstChild.focus();
  }

  function showProblem(error) {
    announce(error.message);
    const retry = h("button", { type: "button", onclick: search }, "Try again");
    redraw(more, h("p", { class: "problem" }, error.message), retry);
  }

  /** Moves the focus with the arrow keys between the input and the results. Escape returns to the input. */
  function moveFocus(event) {
    const stops = [input, ...results.querySelectorAll("a")];
    const position = stops.indexOf(document.activeElement);
    const target = { ArrowDown: stops[position + 1], ArrowUp: stops[position - 1], Escape: input }[event.key];
    if (!target || (event.key === "Escape" && target === document.activeElement)) return;
    event.preventDefault();
    target.focus();
  }
}

function headingFor(text, count) {
  if (!text) return count ? "On sale now" : "No movies are on sale at the moment.";
  return count ? `${pluralize(count, "movie")} for “${text}”` : `No movies match “${text}”.`;
}

function resultItem(movie) {
  const facts = [
    movie.releaseDate?.slice(0, 4),
    formatDuration(movie.durationMinutes),
    movie.certificate,
    movie.genres.join(", "),
  ];
  return h(
    "li",
    {},
    h(
      "a",
      { href: movieUrl(movie), class: "result" },
      poster(movie),
      h("span", {}, h("b", {}, movie.title), h("span", { class: "muted" }, facts.filter(Boolean).join(" · "))),
    ),
  );
}
