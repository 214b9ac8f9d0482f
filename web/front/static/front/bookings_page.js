// The user's bookings, which are updated as they change.

import { logIn } from "./account.js";
import { request } from "./api.js";
import { bookingCard, drawBooking, updateTimesLeft } from "./booking_card.js";
import { h, redraw } from "./dom.js";
import { MY_BOOKINGS, WATCH_BOOKINGS } from "./operations.js";
import { currentSession } from "./session.js";
import { Subscription } from "./subscription.js";

const PAGE = { title: "My bookings", reloadOnSessionChange: true };
// In milliseconds. A new connection receives the bookings that have changed in the last minute. After a longer
// interruption, all are read again.
const MAX_INTERRUPTION = 50_000;
// A released hold was never a booking.
const wasBooked = ({ confirmedAt }) => confirmedAt !== null;
// The tabs of the page: the filter for the API, and which of these bookings are listed. A booking that changes while the
// page is open remains in its tab, so that the user sees the change.
const TABS = {
  upcoming: {
    label: "Upcoming",
    href: "#/bookings",
    filter: { upcoming: true, statuses: ["HELD", "CONFIRMED", "CANCELLED"] },
    // Users who do not know that a show is cancelled look for it here.
    isListed: (booking) =>
      booking.status !== "CANCELLED" || (wasBooked(booking) && booking.show.status === "CANCELLED"),
    addsNew: true,
  },
  past: { label: "Past", href: "#/bookings?past", filter: { upcoming: false, statuses: ["CONFIRMED"] } },
  cancelled: {
    label: "Cancelled",
    href: "#/bookings?cancelled",
    filter: { statuses: ["CANCELLED"] },
    isListed: wasBooked,
  },
};

/** Shows the bookings in `main`: past or cancelled ones if the query has `past` or `cancelled`, else upcoming ones. */
export async function bookingsPage(main, query) {
  const tab = TABS[["past", "cancelled"].find((name) => query.has(name)) ?? "upcoming"];
  const heading = h("h1", { tabindex: "-1" }, PAGE.title);
  if (!currentSession()) {
    const button = h("button", { type: "button", class: "primary", onclick: () => logIn() }, "Log in");
    main.replaceChildren(heading, h("p", { class: "empty" }, "Log in to see your bookings. ", button));
    return PAGE;
  }
  const list = new BookingList(tab);
  main.replaceChildren(heading, tabLinks(tab), ...list.elements);
  await list.load();
  const updates = watchBookings({ onBooking: (booking) => list.update(booking), onInterrupted: () => list.reload() });
  const timer = setInterval(() => updateTimesLeft(main), 500);
  const stop = () => {
    updates.stop();
    clearInterval(timer);
  };
  return { ...PAGE, stop };
}

class BookingList {
  #tab;
  #cards = new Map();
  #bookings = h("div", { class: "bookings" });
  #more = h("div", { class: "more" });

  elements = [this.#bookings, this.#more];

  /** `tab` is one of TABS. */
  constructor(tab) {
    this.#tab = tab;
  }

  /** Adds a page of bookings: those after a cursor, or the first ones. Throws as `request` does. */
  async load(after = null) {
    const { myBookings } = await request(MY_BOOKINGS, { filter: this.#tab.filter, after });
    if (!after) {
      this.#cards.clear();
      this.#bookings.replaceChildren();
    }
    const { hasNextPage, endCursor } = myBookings.pageInfo;
    const listed = myBookings.nodes.filter((booking) => this.#isListed(booking));
    for (const booking of listed) this.#bookings.append(this.#card(booking));
    if (!listed.length && hasNextPage) {
      await this.load(endCursor);
      return;
    }
    if (!this.#cards.size) this.#bookings.append(emptyMessage(this.#tab));
    redraw(this.#more, hasNextPage ? this.#moreButton(endCursor) : null);
  }

  /** Reads the first bookings again. If that fails, the old ones remain. */
  reload() {
    return this.load().catch(() => undefined);
  }

  /** Shows the current state of a booking. One that was made elsewhere is added. */
  update(booking) {
    const isNew = !this.#cards.has(booking.id);
    if (isNew && !(this.#tab.addsNew && this.#isListed(booking))) return;
    if (!this.#cards.size) this.#bookings.replaceChildren();
    const card = this.#card(booking);
    if (isNew) this.#bookings.prepend(card);
  }

  #isListed(booking) {
    const { filter, isListed = () => true } = this.#tab;
    return filter.statuses.includes(booking.status) && isListed(booking);
  }

  #card(booking) {
    const { card, state } = this.#cards.get(booking.id) ?? { card: bookingCard() };
    const newState = JSON.stringify(booking);
    this.#cards.set(booking.id, { card, state: newState });
    // The same state may be sent twice. Drawing it again would replace a button that is being pressed.
    if (newState !== state) drawBooking(card, booking, (changed) => this.update(changed));
    return card;
  }

  #moreButton(cursor) {
    const problem = h("p", { class: "problem", role: "alert" });
    const show = () => this.load(cursor).catch((error) => (problem.textContent = error.message));
    return [h("button", { type: "button", onclick: show }, "Show more"), problem];
  }
}

/** Calls `onBooking` with each booking that changes, and `onInterrupted` if changes may have been missed. */
function watchBookings({ onBooking, onInterrupted }) {
  let disconnectedAt = null;
  return new Subscription({
    getRequest: () => ({ query: WATCH_BOOKINGS }),
    onData: ({ bookingChanges }) => onBooking(bookingChanges),
    onConnected: () => {
      if (disconnectedAt !== null && Date.now() - disconnectedAt > MAX_INTERRUPTION) onInterrupted();
      disconnectedAt = null;
    },
    onDisconnected: () => (disconnectedAt ??= Date.now()),
    onError: () => undefined,
  });
}

function emptyMessage({ label }) {
  const text = `You have no ${label.toLowerCase()} bookings. `;
  return h("p", { class: "empty" }, text, h("a", { href: "#/" }, "See what’s on"));
}

function tabLinks(current) {
  const links = Object.values(TABS).map((tab) =>
    h("a", { href: tab.href, "aria-current": tab === current ? "page" : null }, tab.label),
  );
  return h("nav", { class: "tabs", "aria-label": "Filter bookings" }, ...links);
}
