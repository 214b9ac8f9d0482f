// The booking panel beside the seat map: select seats, hold them, then confirm or release them. A seat is shown as the
// user's only after the server has confirmed it.

import { request } from "./api.js";
import { announce, h, redraw } from "./dom.js";
import { SHOW_STATUS_LABELS, addPrices, formatList, pluralize } from "./format.js";
import { mutate } from "./mutations.js";
import { CANCEL, CONFIRM, EXTEND, HOLD, MY_HOLDS } from "./operations.js";
import {
  accessibleChoice,
  actionButton,
  bestAvailable,
  confirmationCard,
  holdCard,
  isExpired,
  seatLabels,
  seatList,
  totalPrice,
  updateCountdown,
} from "./panel_parts.js";
import { serverNow } from "./server_clock.js";
import { isAccessible } from "./seat_map.js";
import { currentSession } from "./session.js";

// The remaining seconds of a hold that are announced.
const ANNOUNCED_SECONDS = [120, 60, 30];

export class BookingPanel {
  element = h("section", { class: "booking-panel", "aria-labelledby": "booking-panel-title" });
  #show;
  #seatMap;
  #logIn;
  #seatsPerPerson;
  #selected = new Set();
  #holds = [];
  #confirmed = null;
  #notice = null;
  #progress = "";
  #seatCount = 2;
  #needsAccessible = false;
  // Increases with each mutation and each refresh, so that a result that was read earlier is ignored.
  #version = 0;
  #timer = setInterval(() => this.#tick(), 500);

  constructor(show, seatMap, { logIn, seatsPerPerson }) {
    this.#show = show;
    this.#seatMap = seatMap;
    this.#logIn = logIn;
    this.#seatsPerPerson = seatsPerPerson;
    this.#draw();
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** Shows another state of the show, with its new seat map. */
  replaceShow(show, seatMap) {
    this.#show = show;
    this.#seatMap = seatMap;
    for (const label of this.#selected) if (!seatMap.seats.has(label)) this.#selected.delete(label);
    this.#deselectTaken();
    this.#draw();
  }

  /** Selects a seat, or deselects it. */
  toggle(seat) {
    const { label } = seat;
    if (this.#isClosed) return;
    if (isAccessible(seat) && !this.#needsAccessible) {
      this.#notify(`${label} is for guests who need a wheelchair space. Check the box if you do.`);
      return;
    }
    if (!this.#selected.delete(label)) this.#selected.add(label);
    this.#notice = null;
    this.#draw();
  }

  /** Updates the panel after `seats` changed on the server. */
  seatsChanged(seats) {
    const held = new Set(this.#holds.flatMap(seatLabels));
    if (seats.some(({ label, mine }) => mine || held.has(label))) this.refresh();
    if (!this.#isBusy) this.#deselectTaken();
  }

  /** Reads the user's holds for this show, which may have been made on another device. */
  async refresh() {
    const version = ++this.#version;
    const read = () => request(MY_HOLDS, { showId: this.#show.id }).catch(() => null);
    const active = currentSession() ? (await read())?.myBookings.nodes : [];
    // Another refresh follows each mutation.
    if (!active || this.#isBusy || version !== this.#version) return;
    const activeIds = new Set(active.map(({ id }) => id));
    // A hold may expire on the server slightly earlier than by the clock of this page.
    const expired = this.#holds.filter((hold) => currentSession() && isExpired(hold, 1000) && !activeIds.has(hold.id));
    this.#holds = [...active, ...expired];
    this.#draw();
  }

  #refreshAfterMutation() {
    if (this.#isBusy) return;
    this.#deselectTaken();
    this.refresh();
  }

  #deselectTaken() {
    const seats = [...this.#selected].map((label) => this.#seatMap.seats.get(label));
    const unavailable = seats.filter(({ status }) => status !== "AVAILABLE");
    if (!unavailable.length) return;
    for (const { label } of unavailable) this.#selected.delete(label);
    const taken = unavailable.filter(({ mine }) => !mine).map(({ label }) => label);
    if (taken.length) {
      const text = `${formatList(taken)} ${taken.length === 1 ? "was" : "were"} just taken by someone else.`;
      this.#offerAlternatives(text, this.#seatMap.findNearest(taken));
    }
    this.#draw();
  }

  #setNeedsAccessible(needsAccessible) {
    this.#needsAccessible = needsAccessible;
    if (!needsAccessible) {
      for (const label of this.#selected) {
        if (isAccessible(this.#seatMap.seats.get(label))) this.#selected.delete(label);
      }
    }
    this.#notice = null;
    this.#draw();
  }

  #offerAlternatives(text, alternatives) {
    if (!alternatives.length) return this.#notify(text);
    const select = () => {
      for (const label of alternatives) this.#selected.add(label);
      this.#notify(`${formatList(alternatives)} selected instead.`);
    };
    return this.#notify(text, [actionButton("alternatives", `Select ${formatList(alternatives)} instead`, select)]);
  }

  // -------------------------------------------------------------------- mutations

  async #hold(selection) {
    if (!(await this.#logIn())) return;
    const result = await this.#mutate("Holding your seats…", HOLD, {
      showId: this.#show.id,
      selection,
      // A seat of an expired hold is held again without the box.
      needsAccessible: this.#needsAccessible || this.#hasAccessible(selection.seats ?? []),
    });
    if (!result) return;
    if (result.__typename === "Booking") this.#showNewHold(result);
    else if (result.__typename === "SeatsTaken") this.#showSeatsTaken(result);
    else this.#notify(result.message);
  }

  #hasAccessible(labels) {
    return labels.map((label) => this.#seatMap.seats.get(label)).some((seat) => seat && isAccessible(seat));
  }

  #showNewHold(hold) {
    this.#selected.clear();
    this.#confirmed = null;
    this.#putHold(hold);
    this.#draw();
    announce(`${formatList(seatLabels(hold))} held for you.`);
    this.#focus(`confirm-${hold.id}`);
  }

  #showSeatsTaken({ message, seats, alternatives }) {
    for (const label of seats) this.#selected.delete(label);
    this.#offerAlternatives(message, alternatives);
  }

  async #extend(hold) {
    const result = await this.#mutate("Extending your hold…", EXTEND, { bookingId: hold.id });
    if (!result) return;
    if (result.__typename !== "Booking") return this.#showHoldProblem(hold, result);
    const isLonger = result.expiresAt !== hold.expiresAt;
    this.#putHold(result);
    this.#notify(isLonger ? "Your hold has been extended." : "This hold can’t be extended any further.");
  }

  async #confirm(hold) {
    const result = await this.#mutate("Confirming…", CONFIRM, { bookingId: hold.id });
    if (!result) return;
    if (result.__typename !== "Booking") return this.#showHoldProblem(hold, result);
    this.#removeHold(hold);
    this.#confirmed = result;
    this.#updateSeats(result, "BOOKED", true);
    announce(`Booking confirmed. Your reference is ${result.reference}.`);
    this.#draw();
    this.#focus("confirmation");
  }

  async #release(hold) {
    const result = await this.#mutate("Releasing your seats…", CANCEL, { bookingId: hold.id });
    if (!result) return;
    if (result.__typename !== "Booking") return this.#showHoldProblem(hold, result);
    this.#removeHold(hold);
    this.#updateSeats(hold, "AVAILABLE", false);
    this.#notify("Your seats have been released.");
  }

  #dismiss(hold) {
    this.#removeHold(hold);
    this.#draw();
  }

  #showHoldProblem(hold, { __typename, message, stillAvailable = [] }) {
    if (!["HoldExpired", "BookingCancelled"].includes(__typename)) return this.#notify(message);
    this.#removeHold(hold);
    if (!stillAvailable.length) return this.#notify(message);
    const holdAgain = () => this.#hold({ seats: stillAvailable });
    return this.#notify(message, [actionButton("again", `Hold ${formatList(stillAvailable)} again`, holdAgain)]);
  }

  /** Returns the result, or null after an error, which is shown to the user. `progress` is shown until then. */
  async #mutate(progress, document, input) {
    this.#version += 1;
    this.#notice = null;
    this.#showProgress(progress);
    try {
      return await mutate(document, input, (message) => this.#showProgress(message));
    } catch (error) {
      this.#progress = "";
      if (error.code === "UNAUTHENTICATED" && (await this.#logIn())) return this.#mutate(progress, document, input);
      this.#notify(error.message);
      return null;
    } finally {
      this.#progress = "";
      this.#draw();
      // Runs after the caller has handled the result. Changes that arrived during the mutation were not applied.
      setTimeout(() => this.#refreshAfterMutation());
    }
  }

  // -------------------------------------------------------------------- state

  #putHold(hold) {
    this.#removeHold(hold);
    this.#holds.push(hold);
    this.#updateSeats(hold, "HELD", true);
  }

  #removeHold({ id }) {
    this.#holds = this.#holds.filter((hold) => hold.id !== id);
  }

  #updateSeats(booking, status, mine) {
    this.#seatMap.update(seatLabels(booking).map((label) => ({ label, status, mine })));
  }

  #showProgress(text) {
    this.#progress = text;
    announce(text);
    this.#draw();
  }

  #notify(text, buttons = []) {
    this.#notice = { text, buttons };
    announce(text);
    this.#draw();
  }

  #tick() {
    for (const hold of this.#holds) {
      const card = this.element.querySelector(`[data-hold-card="${hold.id}"]`);
      if (card && isExpired(hold) !== card.classList.contains("expired")) this.#showExpired();
      updateCountdown(hold, this.element);
      const seconds = Math.ceil((Date.parse(hold.expiresAt) - serverNow()) / 1000);
      if (ANNOUNCED_SECONDS.includes(seconds) && hold.lastSeconds !== seconds) {
        announce(`${seconds} seconds left to confirm.`);
      }
      hold.lastSeconds = seconds;
    }
  }

  #showExpired() {
    announce("Your hold has expired.");
    this.#draw();
  }

  get #isBusy() {
    return this.#progress !== "";
  }

  get #isClosed() {
    return ["CLOSED", "CANCELLED"].includes(this.#show.status);
  }

  // -------------------------------------------------------------------- drawing

  #focus(key) {
    this.element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  #draw() {
    this.#seatMap.select(this.#selected);
    const actions = {
      confirm: (hold) => this.#confirm(hold),
      extend: (hold) => this.#extend(hold),
      release: (hold) => this.#release(hold),
      dismiss: (hold) => this.#dismiss(hold),
    };
    redraw(
      this.element,
      h("h2", { id: "booking-panel-title", tabindex: "-1", "data-focus-fallback": true }, "Your seats"),
      this.#isBusy ? h("p", { class: "progress" }, this.#progress) : null,
      this.#notice ? h("div", { class: "notice" }, h("p", {}, this.#notice.text), ...this.#notice.buttons) : null,
      this.#confirmed ? confirmationCard(this.#confirmed) : null,
      ...this.#holds.map((hold) => holdCard(hold, actions, this.#isBusy)),
      ...this.#drawSelection(),
    );
  }

  #drawSelection() {
    if (this.#isClosed) return [h("p", { class: "hint" }, `${SHOW_STATUS_LABELS[this.#show.status]}.`)];
    const seats = [...this.#selected].map((label) => this.#seatMap.seats.get(label));
    if (!seats.length) return this.#drawBestAvailable();
    const hold = () => this.#hold({ seats: seats.map(({ label }) => label) });
    const label = `Hold ${pluralize(seats.length, "seat")}`;
    return [
      ...this.#drawAccessibleChoice(),
      seatList(seats),
      totalPrice(addPrices(seats.map(({ price }) => price))),
      actionButton("hold", label, hold, { className: "primary wide", busy: this.#isBusy }),
    ];
  }

  #drawBestAvailable() {
    const isFirstStep = !this.#holds.length && !this.#confirmed;
    const setCount = (count) => {
      this.#seatCount = Math.max(1, Math.min(this.#seatsPerPerson, count));
      announce(pluralize(this.#seatCount, "seat"));
      this.#draw();
    };
    const wheelchairSpaces = this.#needsAccessible ? 1 : 0;
    const hold = () => this.#hold({ bestAvailable: { count: this.#seatCount, wheelchairSpaces } });
    const options = { setCount, hold, wheelchairSpaces, isPrimary: isFirstStep, busy: this.#isBusy };
    return [
      isFirstStep ? h("p", { class: "hint" }, "Pick your seats, or let us choose.") : null,
      ...this.#drawAccessibleChoice(),
      bestAvailable(this.#seatCount, options),
    ];
  }

  /** The question whether the user needs a wheelchair space, if the auditorium has any. */
  #drawAccessibleChoice() {
    if (![...this.#seatMap.seats.values()].some(isAccessible)) return [];
    return [accessibleChoice(this.#needsAccessible, (checked) => this.#setNeedsAccessible(checked))];
  }
}
