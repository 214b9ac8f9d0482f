// The booking panel beside the seat map: select seats, hold them, then confirm or release them. A seat is shown as the
// user's only after the server has confirmed it. In a narrow window, the panel covers a part of the seat map, so it can
// be collapsed.

import { announce, h, redraw } from "./dom.js";
import { formatList, pluralize } from "./format.js";
import { HoldActions } from "./hold_actions.js";
import { HoldTimer } from "./hold_timer.js";
import { Holds } from "./holds.js";
import { PanelNotice } from "./panel_notice.js";
import {
  actionButton,
  confirmationCard,
  describeHolds,
  holdCard,
  panelHeader,
  seatLabels,
  takenMessage,
} from "./panel_parts.js";
import { PanelPress } from "./panel_press.js";
import { findAlternatives } from "./seat_alternatives.js";
import { choicesFrom } from "./seat_choices.js";
import { bookedLabels, countOwnSeats, limitMessage } from "./seat_limit.js";
import { isAccessible } from "./seat_map.js";
import { Selection } from "./selection.js";
import { isClosed, selectionControls } from "./selection_controls.js";

// The panel leaves most of a small window to the seat map.
const SMALL_PHONE = matchMedia("(max-width: 40rem) and (max-height: 45rem)");

export class BookingPanel {
  element = h("section", { class: "booking-panel", "aria-labelledby": "booking-panel-title" });
  #show;
  #seatMap;
  #selection;
  #holds;
  #actions;
  #seatsPerPerson;
  #confirmed = null;
  #notice = null;
  #drawnState = "";
  #seatCount = 2;
  // Whether the user has collapsed the panel, or null.
  #isCollapsed = null;
  #drawnChoices = "";
  #press;
  #isOutdated = false;
  #timer;

  constructor(show, seatMap, { logIn, seatsPerPerson }) {
    this.#show = show;
    this.#seatMap = seatMap;
    this.#seatsPerPerson = seatsPerPerson;
    this.#selection = new Selection(show.id, seatMap);
    this.#holds = new Holds(show.id, {
      logIn,
      onChange: () => this.#draw(),
      onSettled: () => {
        this.#deselectTaken();
        this.refresh();
      },
    });
    this.#actions = new HoldActions(show.id, this.#holds, {
      logIn,
      // A seat of an expired hold is held again without the box.
      needsAccessible: (labels) => this.#selection.needsAccessible || this.#hasAccessible(labels),
      onStart: () => this.#clearNotice(),
      onHeld: (hold) => this.#showNewHold(hold),
      onConfirmed: (booking) => this.#showConfirmed(booking),
      onDismissed: () => this.#draw(),
      onSeats: (booking, status, mine) => this.#updateSeats(booking, status, mine),
      onSeatsTaken: (result) => this.#showSeatsTaken(result),
      onNotice: (text, options) => this.#notify(text, options),
      onDone: (text, options) => this.#notifyForAWhile(text, options),
    });
    this.#timer = new HoldTimer(this.#holds, this.element, () => this.#draw());
    this.#press = new PanelPress(this.element, () => this.#isOutdated && this.#draw());
    this.#deselectTaken();
    this.#draw();
  }

  stop() {
    this.#timer.stop();
    this.#clearNotice();
    this.#press.stop();
  }

  /** Shows another state of the show, with its seat map. */
  replaceShow(show, seatMap) {
    this.#show = show;
    this.#seatMap = seatMap;
    this.#selection.remove(this.#selection.labels.filter((label) => !seatMap.seats.has(label)));
    this.#deselectTaken();
    // Its seats have not been taken by others.
    if (isClosed(show)) this.#clearNotice();
    this.#forgetCancelled();
    this.#draw();
  }

  /** Selects a seat and those that are sold only together with it, or deselects them. */
  toggle(seat) {
    const { label } = seat;
    if (isClosed(this.#show)) return;
    if (isAccessible(seat) && !this.#selection.needsAccessible) {
      this.#isCollapsed = false;
      this.#notify(`${label} is for guests who need a wheelchair space. Check the box if you do.`);
      return;
    }
    const labels = this.#seatMap.unitOf(seat);
    if (!this.#selection.has(label) && this.#selection.size + labels.length > this.#seatsLeft) {
      this.#notify(this.#limit);
      return;
    }
    this.#selection.toggle(labels);
    this.#clearNotice();
    this.#draw();
  }

  /** Updates the panel after `seats` changed on the server. */
  seatsChanged(seats) {
    const held = new Set(this.#holds.list.flatMap(seatLabels));
    if (seats.some(({ label, mine }) => mine || held.has(label))) this.refresh();
    if (!this.#holds.isBusy) this.#deselectTaken();
    if (this.#forgetCancelled() || this.#describeChoices() !== this.#drawnChoices) this.#draw();
  }

  /** Removes the confirmed booking if none of its seats is the user's any more. Returns whether it was removed. */
  #forgetCancelled() {
    const booking = this.#confirmed;
    if (!booking || seatLabels(booking).some((label) => this.#seatMap.seats.get(label)?.mine)) return false;
    this.#confirmed = null;
    return true;
  }

  /** Reads the user's holds for this show, which may have been made on another device. */
  refresh() {
    return this.#holds.refresh();
  }

  // -------------------------------------------------------------------- selection

  #deselectTaken() {
    const selected = this.#selection.labels;
    const unavailable = selected.filter((label) => this.#seatMap.seats.get(label).status !== "AVAILABLE");
    if (!unavailable.length) return this.#renewAlternatives();
    const taken = unavailable.filter((label) => !this.#seatMap.seats.get(label).mine);
    const alternatives = findAlternatives([...this.#seatMap.seats.values()], selected, taken);
    this.#selection.remove(unavailable);
    if (taken.length) {
      this.#offerAlternatives(takenMessage(taken, this.#seatMap), alternatives, { isUrgent: false });
    }
    this.#draw();
  }

  #setNeedsAccessible(needsAccessible) {
    this.#selection.setNeedsAccessible(needsAccessible, this.#seatMap);
    this.#clearNotice();
    this.#draw();
  }

  /** Says for some time that seats were taken, and offers to select `alternatives` instead of the current selection. */
  #offerAlternatives(text, alternatives, options) {
    const select = () => {
      this.#selection.replace(alternatives);
      this.#notify(`${formatList(alternatives)} selected instead.`);
      // Some may have been taken while the button was pressed.
      this.#deselectTaken();
    };
    const button = actionButton("alternatives", `Select ${formatList(alternatives)} instead`, select);
    const isSelected = alternatives.every((label) => this.#selection.has(label));
    this.#notifyForAWhile(text, { ...options, alternatives, buttons: isSelected ? [] : [button] });
  }

  /** Offers other seats when those that are offered have been taken, too. */
  #renewAlternatives() {
    const { text, alternatives = [] } = this.#notice ?? {};
    const taken = alternatives.filter((label) => this.#seatMap.seats.get(label)?.status !== "AVAILABLE");
    if (!taken.length) return;
    const others = findAlternatives([...this.#seatMap.seats.values()], alternatives, taken);
    this.#offerAlternatives(text, others, { isUrgent: false });
  }

  #hasAccessible(labels) {
    return labels.map((label) => this.#seatMap.seats.get(label)).some((seat) => seat && isAccessible(seat));
  }

  /** How many more seats the user can select. */
  get #seatsLeft() {
    return Math.max(0, this.#seatsPerPerson - countOwnSeats(this.#seatMap));
  }

  get #choices() {
    return choicesFrom([...this.#seatMap.seats.values()], this.#seatsLeft);
  }

  #describeChoices() {
    return JSON.stringify(this.#choices);
  }

  get #limit() {
    return limitMessage(this.#seatsPerPerson, this.#seatMap);
  }

  // -------------------------------------------------------------------- results

  #showNewHold(hold) {
    this.#selection.replace([]);
    this.#confirmed = null;
    this.#isCollapsed = null;
    this.#draw();
    announce(`${formatList(seatLabels(hold))} held for you.`);
    this.#focus(`confirm-${hold.id}`);
    // The server may have chosen them.
    this.#seatMap.showIfHidden(this.#seatMap.seats.get(seatLabels(hold)[0]));
  }

  #showConfirmed(booking) {
    this.#confirmed = booking;
    this.#isCollapsed = null;
    announce(`Booking confirmed. Your reference is ${booking.reference}.`);
    this.#draw();
    this.#focus("confirmation");
  }

  #showSeatsTaken({ message, seats, alternatives }) {
    this.#selection.remove(seats);
    this.#offerAlternatives(message, alternatives);
  }

  #updateSeats(booking, status, mine) {
    this.#seatMap.update(seatLabels(booking).map((label) => ({ label, status, mine })));
  }

  /** Shows a message. If it is not urgent, the window does not scroll to it. */
  #notify(text, { isUrgent = true, ...options } = {}) {
    this.#clearNotice();
    this.#notice = new PanelNotice(text, options);
    announce(text);
    this.#draw();
    if (isUrgent) this.element.querySelector(".notice")?.scrollIntoView({ block: "nearest" });
  }

  /** Shows a message for a minute at most, and only until the holds change: it would then be out of date. */
  #notifyForAWhile(text, options) {
    this.#notify(text, options);
    this.#notice.limit(this.#state, () => {
      this.#clearNotice();
      this.#draw();
    });
  }

  #clearNotice() {
    this.#notice?.stop();
    this.#notice = null;
  }

  // -------------------------------------------------------------------- drawing

  #focus(key) {
    this.element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  /** Draws the panel, or if a button is pressed, when it is released: one that is replaced meanwhile is not clicked. */
  #draw() {
    this.#isOutdated = this.#press.isActive;
    if (this.#isOutdated) return;
    if (this.#notice?.hasEnded(this.#state)) this.#clearNotice();
    this.#seatMap.select(new Set(this.#selection.labels));
    const { list, isBusy } = this.#holds;
    const isShowClosed = isClosed(this.#show);
    // What the user needs next is more important than other choices.
    const isCollapsed = this.#isCollapsed ?? (SMALL_PHONE.matches || !this.#isFirstStep || this.#selection.size > 0);
    this.element.classList.toggle("collapsed", isCollapsed);
    redraw(
      this.element,
      panelHeader(isCollapsed, this.#isFirstStep, () => this.#collapse(!isCollapsed)),
      this.#confirmed ? confirmationCard(this.#confirmed) : null,
      ...list.map((hold) =>
        holdCard(hold, this.#actions, { isBusy, isShowClosed, message: this.#messageAt(hold.id) }),
      ),
      this.#messageAt(null),
      ...this.#drawSelection(),
    );
    // The panel may be scrolled to what it no longer shows.
    if (this.#state !== this.#drawnState) this.element.scrollTop = 0;
    this.#drawnState = this.#state;
  }

  #collapse(isCollapsed) {
    this.#isCollapsed = isCollapsed;
    this.#draw();
  }

  get #state() {
    return describeHolds(this.#holds.list, this.#confirmed);
  }

  get #isFirstStep() {
    return !this.#holds.list.length && !this.#confirmed;
  }

  /** The progress or the message for a hold, or with null, for the selected seats. */
  #messageAt(holdId) {
    const ids = this.#holds.list.map(({ id }) => id);
    const isHere = (message) => (ids.includes(message.holdId) ? message.holdId : null) === holdId;
    const { progress } = this.#holds;
    if (progress) return isHere(progress) ? h("p", { class: "progress" }, progress.text) : null;
    return this.#notice && isHere(this.#notice) ? this.#notice.element : null;
  }

  #drawSelection() {
    this.#drawnChoices = this.#describeChoices();
    return selectionControls({
      show: this.#show,
      choices: this.#choices,
      booked: bookedLabels(this.#seatMap),
      selected: this.#selection.labels.map((label) => this.#seatMap.seats.get(label)),
      needsAccessible: this.#selection.needsAccessible,
      seatCount: this.#seatCount,
      limit: this.#limit,
      isFirstStep: this.#isFirstStep,
      isBusy: this.#holds.isBusy,
      onHold: (selection) => this.#actions.hold(selection),
      onSeatCount: (count) => this.#setSeatCount(count),
      onNeedsAccessible: (needsAccessible) => this.#setNeedsAccessible(needsAccessible),
    });
  }

  #setSeatCount(count) {
    this.#seatCount = count;
    // It was about another number of seats.
    this.#clearNotice();
    announce(pluralize(count, "seat"));
    this.#draw();
  }
}
