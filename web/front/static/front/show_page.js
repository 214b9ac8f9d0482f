// A show: what it is, its house, and what the buyer does there.

import { signIn } from "./account.js";
import { ask } from "./api.js";
import { SHOW } from "./documents.js";
import { h, icon } from "./dom.js";
import { House } from "./house.js";
import { Live } from "./live.js";
import { Order } from "./order.js";
import { poster } from "./posters.js";
import { CATEGORIES, FORMATS, SHOW_STATUSES, language, minutes, money, when } from "./words.js";

// Before trying again, in milliseconds.
const PAUSE = 3_000;
const STATES = {
  live: "Live",
  polling: "Reconnecting … Seats are some seconds old.",
  offline: "Reconnecting … Seats may have changed meanwhile.",
};
const LEGEND = [
  ["free", "Free"],
  ["picked", "Picked"],
  ["kept", "Held for you"],
  ["yours", "Booked by you"],
  ["held", "Held by others"],
  ["taken", "Taken"],
  ["blocked", "Not for sale"],
];

/** Shows a show in `main`; { title, stop, sessionChanged }. */
export async function showPage(main, id) {
  const { show } = await ask(SHOW, { id });
  if (!show) {
    main.replaceChildren(
      h("h1", { tabindex: "-1" }, "This show is not in the program"),
      h("a", { href: "#/" }, "What’s on"),
    );
    return { title: "Not found" };
  }
  const house = new House(show.seatMap.rows, { onToggle: (seat) => order.toggle(seat) });
  const order = new Order(show, house, { signIn: () => signIn({ why: "Seats are held for a name." }) });
  const state = h("p", { class: "state" });
  main.replaceChildren(
    header(show),
    h(
      "div",
      { class: "booth" },
      h("section", { class: "auditorium", "aria-label": "The house" }, state, house.element, legend(show)),
      order.element,
    ),
  );

  let live = watch(show.seatMap.cursor);
  let readings = 0;
  order.refresh();

  function watch(cursor) {
    return new Live(id, cursor, {
      onSeats: (seats) => order.seatsChanged(house.update(seats)),
      onState: become,
      onLost: readAnew,
    });
  }

  function become(now) {
    state.dataset.state = now;
    state.replaceChildren(h("i"), STATES[now]);
    house.isStale = now === "offline";
  }

  /** Reads the whole house: for somebody else, or because nobody knows what was missed. */
  async function readAnew() {
    const mine = ++readings;
    live.stop();
    const again = await ask(SHOW, { id }).catch((error) => error);
    if (mine !== readings) return;
    if (again instanceof Error) {
      become("offline");
      setTimeout(() => mine === readings && readAnew(), PAUSE);
      return;
    }
    order.seatsChanged(house.update(again.show.seatMap.rows.flatMap(({ seats }) => seats)));
    order.refresh();
    live = watch(again.show.seatMap.cursor);
  }

  return {
    title: show.movie.title,
    shown: () => house.center(),
    sessionChanged: readAnew,
    stop: () => {
      readings += 1;
      live.stop();
      order.stop();
    },
  };
}

function header(show) {
  const { movie, screen } = show;
  const { theater } = screen;
  const facts = [FORMATS[show.format], minutes(movie.durationMinutes), movie.certificate, spoken(show)];
  return h(
    "header",
    { class: "show-header" },
    poster(movie),
    h(
      "div",
      {},
      h("h1", { tabindex: "-1" }, movie.title),
      h("p", { class: "moment" }, when(show.startsAt, theater.timeZone)),
      h(
        "p",
        { class: "place" },
        icon("place"),
        `${theater.name}, ${screen.name}, ${theater.city}. `,
        h("span", {}, `Times are ${theater.city}’s.`),
      ),
      h("ul", { class: "facts" }, ...facts.filter(Boolean).map((fact) => h("li", {}, fact))),
      show.status in SHOW_STATUSES ? h("p", { class: "notice" }, SHOW_STATUSES[show.status]) : null,
      movie.synopsis ? h("p", { class: "synopsis" }, movie.synopsis) : null,
    ),
  );
}

function spoken({ language: dubbed, movie }) {
  const tag = dubbed ?? movie.language;
  return tag ? `In ${language(tag)}` : null;
}

function legend(show) {
  const sample = (state, text) =>
    h("li", {}, h("span", { class: "seat sample", "data-state": state, "aria-hidden": "true" }, mark(state)), text);
  const prices = show.prices.map(({ category, price }) => {
    const seat = h("span", {
      class: "seat sample",
      "data-state": "free",
      "data-category": category,
      "aria-hidden": "true",
    });
    if (category === "WHEELCHAIR" || category === "COMPANION") seat.append(icon(category.toLowerCase()));
    return h("li", {}, seat, `${capital(CATEGORIES[category])} `, h("b", {}, money(price)));
  });
  return h(
    "div",
    { class: "legend" },
    h("ul", { "aria-label": "Prices" }, ...prices),
    h("ul", { "aria-label": "What the seats look like" }, ...LEGEND.map(([state, text]) => sample(state, text))),
  );
}

function mark(state) {
  if (state === "taken") return icon("cross");
  return ["picked", "kept", "yours"].includes(state) ? icon("check") : "";
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
