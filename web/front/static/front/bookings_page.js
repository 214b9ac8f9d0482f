// The user's bookings, and the dialog that cancels seats.

import { logIn } from "./account.js";
import { request } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h, redraw } from "./dom.js";
import {
  BOOKING_STATUS_LABELS,
  FORMAT_LABELS,
  formatDateTime,
  formatList,
  formatMoney,
  formatTime,
  pluralize,
} from "./format.js";
import { mutate } from "./mutations.js";
import { CANCEL, MY_BOOKINGS } from "./operations.js";
import { seatLabels } from "./panel_parts.js";
import { poster } from "./poster.js";
import { currentSession } from "./session.js";

const PAGE = { title: "My bookings", reloadOnSessionChange: true };

/** Shows the bookings in `main`: upcoming ones, or past ones if the query has `past`. */
export async function bookingsPage(main, query) {
  const upcoming = query.get("past") === null;
  const heading = h("h1", { tabindex: "-1" }, PAGE.title);
  if (!currentSession()) {
    const button = h("button", { type: "button", class: "primary", onclick: () => logIn() }, "Log in");
    main.replaceChildren(heading, h("p", { class: "empty" }, "Log in to see your bookings. ", button));
    return PAGE;
  }
  const bookings = h("div", { class: "bookings" });
  const more = h("div", { class: "more" });
  main.replaceChildren(heading, tabs(upcoming), bookings, more);
  await loadMore(null);
  return PAGE;

  async function loadMore(after) {
    const { myBookings } = await request(MY_BOOKINGS, { upcoming, after });
    bookings.append(...myBookings.nodes.map(bookingCard));
    if (!bookings.childElementCount) bookings.append(emptyMessage(upcoming));
    const { hasNextPage, endCursor } = myBookings.pageInfo;
    const button = h("button", { type: "button", onclick: () => loadMore(endCursor) }, "Show more");
    redraw(more, hasNextPage ? button : null);
  }
}

function emptyMessage(upcoming) {
  const text = upcoming ? "You have no upcoming bookings. " : "You have no past bookings. ";
  return h("p", { class: "empty" }, text, h("a", { href: "#/" }, "See what’s on"));
}

function tabs(upcoming) {
  const tab = (href, label, isCurrent) => h("a", { href, "aria-current": isCurrent ? "page" : null }, label);
  return h(
    "nav",
    { class: "tabs", "aria-label": "Filter bookings" },
    tab("#/bookings", "Upcoming", upcoming),
    tab("#/bookings?past", "Past", !upcoming),
  );
}

function bookingCard(booking) {
  const card = h("article", { class: "booking" });
  drawBooking(card, booking);
  return card;
}

function drawBooking(card, booking) {
  const { show } = booking;
  const { screen } = show;
  card.dataset.status = booking.status;
  redraw(
    card,
    poster(show.movie),
    h(
      "div",
      { class: "booking-details" },
      h("p", { class: "badge" }, statusLabel(booking)),
      h("h2", { tabindex: "-1", "data-focus-fallback": true }, show.movie.title),
      h("p", {}, formatDateTime(show.startsAt, screen.theater.timeZone)),
      h("p", { class: "muted" }, `${screen.theater.name}, ${screen.name}, ${FORMAT_LABELS[show.format]}`),
      h("ul", { class: "seats", "aria-label": "Seats" }, ...booking.tickets.map(seatItem)),
      h("div", { class: "actions" }, ...bookingActions(booking, (changed) => drawBooking(card, changed))),
    ),
    h(
      "div",
      { class: "booking-summary" },
      h("span", {}, "Reference"),
      h("b", { class: "reference" }, booking.reference),
      h("span", { class: "amount" }, formatMoney(booking.status === "CANCELLED" ? booking.paid : booking.total)),
    ),
  );
}

function bookingActions(booking, onChange) {
  const isHeld = booking.status === "HELD";
  const link = h(
    "a",
    { href: `#/show/${encodeURIComponent(booking.show.id)}`, class: isHeld ? "button primary" : "" },
    isHeld ? "Confirm or extend" : "View seats",
  );
  if (!["HELD", "CONFIRMED"].includes(booking.status)) return [link];
  const openCancelDialog = () => cancelSeats(booking, onChange);
  return [link, h("button", { type: "button", "data-key": "cancel", onclick: openCancelDialog }, "Cancel seats")];
}

function statusLabel({ show, status, expiresAt }) {
  if (show.status === "CANCELLED") return "Show cancelled";
  const until = status === "HELD" ? ` until ${formatTime(expiresAt, show.screen.theater.timeZone)}` : "";
  return BOOKING_STATUS_LABELS[status] + until;
}

function seatItem({ seat, status }) {
  return h(
    "li",
    { class: status === "CANCELLED" || status === "EXPIRED" ? "inactive" : "" },
    seat,
    status === "CANCELLED" ? h("span", { class: "visually-hidden" }, " (cancelled)") : null,
  );
}

/** Opens a dialog to select seats, and cancels them. `onChange` receives the changed booking. */
async function cancelSeats(booking, onChange) {
  const seats = seatLabels(booking);
  await openDialog("Cancel seats", (close) => {
    const problem = h("p", { class: "problem", role: "alert" });
    const boxes = seats.map((seat) => h("input", { type: "checkbox", name: "seat", value: seat, checked: true }));
    const submit = h("button", { class: "primary wide" });
    const checkedSeats = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);
    const updateSubmit = () => {
      submit.textContent = `Cancel ${pluralize(checkedSeats().length, "seat")}`;
    };
    const legend = h("legend", {}, `Which seats for ${booking.show.movie.title} do you want to cancel?`);
    const labels = boxes.map((box) => h("label", { class: "checkbox" }, box, box.value));
    const form = h("form", { onchange: updateSubmit }, h("fieldset", {}, legend, ...labels), problem, submit);
    updateSubmit();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit.ariaDisabled === "true") return;
      const selected = checkedSeats();
      if (!selected.length) {
        problem.textContent = "Select at least one seat.";
        return;
      }
      submit.ariaDisabled = "true";
      const result = await sendCancel(booking, selected, problem);
      submit.ariaDisabled = "false";
      if (result.__typename !== "Booking") {
        problem.textContent = result.message;
        return;
      }
      close("done");
      onChange(result);
      announce(`${formatList(selected)} cancelled.`);
    });
    return [form];
  });
}

async function sendCancel(booking, seats, problem) {
  const isWholeBooking = seats.length === seatLabels(booking).length;
  try {
    return await mutate(CANCEL, { bookingId: booking.id, ...(isWholeBooking ? {} : { seats }) }, (message) => {
      problem.textContent = message;
    });
  } catch (error) {
    return { message: error.message };
  }
}
