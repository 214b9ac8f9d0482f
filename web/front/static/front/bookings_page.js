// The bookings of whoever is signed in, as tickets; giving back all of one, or some of its seats.

import { signIn } from "./account.js";
import { ask } from "./api.js";
import { perform } from "./calls.js";
import { dialog } from "./dialogs.js";
import { CANCEL, MY_BOOKINGS } from "./documents.js";
import { announce, h, redraw } from "./dom.js";
import { seatsOf } from "./holds.js";
import { poster } from "./posters.js";
import { current } from "./session.js";
import { BOOKING_STATUSES, FORMATS, count, list, money, time, when } from "./words.js";

/** Shows the bookings in `main`. */
export async function bookingsPage(main, query) {
  const upcoming = query.get("past") === null;
  const title = "My bookings";
  const heading = h("h1", { tabindex: "-1" }, title);
  if (!current()) {
    const logIn = h("button", { type: "button", class: "primary", onclick: () => signIn() }, "Log in");
    main.replaceChildren(heading, h("p", { class: "empty" }, "Log in to see your bookings. ", logIn));
    return { title, sessionChanged: "again" };
  }
  const tickets = h("div", { class: "tickets" });
  const more = h("div", { class: "more" });
  main.replaceChildren(heading, tabs(upcoming), tickets, more);
  await page(null);
  return { title, sessionChanged: "again" };

  async function page(after) {
    const { myBookings } = await ask(MY_BOOKINGS, { upcoming, after });
    tickets.append(...myBookings.nodes.map(ticket));
    if (!tickets.childElementCount)
      tickets.append(h("p", { class: "empty" }, "Nothing here yet. ", h("a", { href: "#/" }, "See what’s on")));
    const { hasNextPage, endCursor } = myBookings.pageInfo;
    redraw(more, hasNextPage ? h("button", { type: "button", onclick: () => page(endCursor) }, "Show more") : null);
  }
}

function tabs(upcoming) {
  const tab = (href, label, isHere) => h("a", { href, "aria-current": isHere ? "page" : null }, label);
  return h(
    "nav",
    { class: "tabs", "aria-label": "Which bookings" },
    tab("#/bookings", "Upcoming", upcoming),
    tab("#/bookings?past", "Earlier", !upcoming),
  );
}

function ticket(booking) {
  const element = h("article", { class: "ticket" });
  fill(element, booking);
  return element;
}

function fill(element, booking) {
  const { show } = booking;
  const { screen } = show;
  const isHeld = booking.status === "HELD";
  element.dataset.status = booking.status;
  const link = h(
    "a",
    { href: `#/show/${encodeURIComponent(show.id)}`, class: isHeld ? "button primary" : "" },
    isHeld ? "Confirm or extend" : "Show the house",
  );
  const giveBack = () => cancel(booking, (again) => fill(element, again));
  const canCancel = ["HELD", "CONFIRMED"].includes(booking.status);
  redraw(
    element,
    poster(show.movie),
    h(
      "div",
      { class: "ticket-body" },
      h("p", { class: "badge" }, badge(booking)),
      h("h2", { tabindex: "-1", "data-fallback": true }, show.movie.title),
      h("p", {}, when(show.startsAt, screen.theater.timeZone)),
      h("p", { class: "aside" }, `${screen.theater.name}, ${screen.name}, ${FORMATS[show.format]}`),
      h("ul", { class: "chips", "aria-label": "Seats" }, ...booking.tickets.map(seatChip)),
      h(
        "div",
        { class: "actions" },
        link,
        canCancel ? h("button", { type: "button", "data-key": "cancel", onclick: giveBack }, "Cancel …") : null,
      ),
    ),
    h(
      "div",
      { class: "stub" },
      h("span", {}, "Reference"),
      h("b", { class: "reference" }, booking.reference),
      h("span", { class: "amount" }, money(booking.total)),
    ),
  );
}

function badge({ show, status, expiresAt }) {
  if (show.status === "CANCELLED") return "Show called off";
  const until = status === "HELD" ? ` until ${time(expiresAt, show.screen.theater.timeZone)}` : "";
  return BOOKING_STATUSES[status] + until;
}

function seatChip({ seat, status }) {
  return h(
    "li",
    { class: status === "CANCELLED" || status === "EXPIRED" ? "gone" : "" },
    seat,
    status === "CANCELLED" ? h("span", { class: "unseen" }, " (given back)") : null,
  );
}

/** Asks which seats, and gives them back. */
async function cancel(booking, onDone) {
  const seats = seatsOf(booking);
  await dialog("Cancel", (close) => {
    const problem = h("p", { class: "problem", role: "alert" });
    const boxes = seats.map((seat) => h("input", { type: "checkbox", name: "seat", value: seat, checked: true }));
    const submit = h("button", { class: "primary wide danger" }, `Give back ${count(seats.length, "seat")}`);
    const chosen = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);
    const form = h(
      "form",
      {
        onchange: () => {
          submit.textContent = `Give back ${count(chosen().length, "seat")}`;
        },
      },
      h(
        "fieldset",
        {},
        h("legend", {}, `Which seats of ${booking.show.movie.title}?`),
        ...boxes.map((box) => h("label", { class: "check" }, box, box.value)),
      ),
      problem,
      submit,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit.ariaDisabled === "true") return;
      if (!chosen().length) {
        problem.textContent = "Choose at least one seat.";
        return;
      }
      submit.ariaDisabled = "true";
      const result = await sent(booking, chosen(), problem);
      submit.ariaDisabled = "false";
      if (result.__typename !== "Booking") {
        problem.textContent = result.message;
        return;
      }
      close("done");
      onDone(result);
      announce(`${list(chosen())} given back.`);
    });
    return [form];
  });
}

async function sent(booking, seats, problem) {
  const all = seats.length === seatsOf(booking).length;
  try {
    return await perform(CANCEL, { bookingId: booking.id, ...(all ? {} : { seats }) }, (waiting) => {
      problem.textContent = waiting;
    });
  } catch (error) {
    return { message: error.message };
  }
}
