// What a buyer does with a show: picks seats, holds them, confirms or gives up. Nothing is theirs until the server says so.

import { ask } from "./api.js";
import { perform } from "./calls.js";
import { now } from "./clock.js";
import { CANCEL, CONFIRM, EXTEND, HELD, HOLD } from "./documents.js";
import { announce, h, redraw } from "./dom.js";
import { action, card, isOver, lines, seatsOf, sold, tick, total } from "./holds.js";
import { current } from "./session.js";
import { SHOW_STATUSES, count, list, sum } from "./words.js";

// Seconds before the end at which a hold is spoken of.
const SPEAK_AT = [120, 60, 30];
const MOST = 10;

export class Order {
  element = h("section", { class: "order", "aria-labelledby": "order-title" });
  #show;
  #house;
  #signIn;
  #picks = new Set();
  #holds = [];
  #sold = null;
  #notice = null;
  #busy = "";
  #wanted = 2;
  // Goes up with each call and each reading, so that what was read before is not taken for what is so since.
  #version = 0;
  #timer = setInterval(() => this.#tick(), 500);

  constructor(show, house, { signIn }) {
    this.#show = show;
    this.#house = house;
    this.#signIn = signIn;
    this.#draw();
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** Picks a seat, or no longer. */
  toggle({ label }) {
    if (this.#isClosed) return;
    if (!this.#picks.delete(label)) this.#picks.add(label);
    this.#notice = null;
    this.#draw();
  }

  /** Goes by what the server says of seats that have changed. */
  seatsChanged(seats) {
    const held = new Set(this.#holds.flatMap(seatsOf));
    if (seats.some(({ label, mine }) => mine || held.has(label))) this.refresh();
    if (!this.#busy) this.#dropLost();
  }

  /** Reads what the buyer holds of this show, from wherever they hold it. */
  async refresh() {
    const version = ++this.#version;
    const found = current() ? (await ask(HELD).catch(() => null))?.myBookings.nodes : [];
    // After the call it is read once more.
    if (!found || this.#busy || version !== this.#version) return;
    const held = found.filter(({ show }) => show.id === this.#show.id);
    const known = new Set(held.map(({ id }) => id));
    // The server's time may be up a moment before the clock here says so.
    const gone = this.#holds.filter((hold) => current() && isOver(hold, 1000) && !known.has(hold.id));
    this.#holds = [...held, ...gone];
    this.#draw();
  }

  #catchUp() {
    if (this.#busy) return;
    this.#dropLost();
    this.refresh();
  }

  #dropLost() {
    const seats = [...this.#picks].map((label) => this.#house.seats.get(label));
    const gone = seats.filter(({ status }) => status !== "AVAILABLE");
    if (!gone.length) return;
    for (const { label } of gone) this.#picks.delete(label);
    const lost = gone.filter(({ mine }) => !mine).map(({ label }) => label);
    if (lost.length)
      this.#lost(`${list(lost)} ${lost.length === 1 ? "has" : "have"} just gone to somebody else.`, lost);
    this.#draw();
  }

  #lost(text, seats, alternatives = this.#house.nearest(seats)) {
    if (!alternatives.length) return this.#say(text);
    const take = () => {
      for (const label of alternatives) this.#picks.add(label);
      this.#say(`${list(alternatives)} picked instead.`);
    };
    return this.#say(text, [action("alternatives", `Take ${list(alternatives)} instead`, take)]);
  }

  // -------------------------------------------------------------------- calls

  async #hold(selection) {
    if (!(await this.#signIn())) return;
    const result = await this.#call("Holding your seats …", HOLD, { showId: this.#show.id, selection });
    if (!result) return;
    if (result.__typename === "Booking") this.#took(result);
    else if (result.__typename === "SeatsTaken") this.#refused(result);
    else this.#say(result.message);
  }

  #took(hold) {
    this.#picks.clear();
    this.#sold = null;
    this.#keep(hold);
    this.#draw();
    announce(`${list(seatsOf(hold))} held for you.`);
    this.#focus(`confirm-${hold.id}`);
  }

  #refused({ message, seats, alternatives }) {
    for (const label of seats) this.#picks.delete(label);
    this.#lost(message, seats, alternatives);
  }

  async #extend(hold) {
    const result = await this.#call("Asking for more time …", EXTEND, { bookingId: hold.id });
    if (!result) return;
    if (result.__typename !== "Booking") return this.#failed(hold, result);
    const longer = result.expiresAt !== hold.expiresAt;
    this.#keep(result);
    this.#say(longer ? "You have more time now." : "Seats cannot be held any longer than this.");
  }

  async #confirm(hold) {
    const result = await this.#call("Confirming …", CONFIRM, { bookingId: hold.id });
    if (!result) return;
    if (result.__typename !== "Booking") return this.#failed(hold, result);
    this.#remove(hold);
    this.#sold = result;
    this.#seatsAre(result, "BOOKED", true);
    announce(`Confirmed. Your reference is ${result.reference}.`);
    this.#draw();
    this.#focus("sold");
  }

  async #giveUp(hold) {
    const result = await this.#call("Giving up your seats …", CANCEL, { bookingId: hold.id });
    if (!result) return;
    if (result.__typename !== "Booking") return this.#failed(hold, result);
    this.#remove(hold);
    this.#seatsAre(hold, "AVAILABLE", false);
    this.#say("You hold these seats no longer.");
  }

  #failed(hold, { __typename, message, stillAvailable = [] }) {
    if (__typename !== "HoldExpired") return this.#say(message);
    this.#remove(hold);
    if (!stillAvailable.length) return this.#say(message);
    const again = () => this.#hold({ seats: stillAvailable });
    return this.#say(message, [action("again", `Hold ${list(stillAvailable)} again`, again)]);
  }

  /** The result, or null after an error, which has been shown then. */
  async #call(words, document, input) {
    this.#busy = words;
    this.#version += 1;
    this.#notice = null;
    this.#draw();
    announce(words);
    try {
      return await perform(document, input, (waiting) => {
        this.#busy = waiting;
        announce(waiting);
        this.#draw();
      });
    } catch (error) {
      this.#busy = "";
      if (error.code === "UNAUTHENTICATED" && (await this.#signIn())) return this.#call(words, document, input);
      this.#say(error.message);
      return null;
    } finally {
      this.#busy = "";
      this.#draw();
      // When the result has been dealt with: what came meanwhile has not been looked at.
      setTimeout(() => this.#catchUp());
    }
  }

  // -------------------------------------------------------------------- what is known

  #keep(hold) {
    this.#remove(hold);
    this.#holds.push(hold);
    this.#seatsAre(hold, "HELD", true);
  }

  #remove({ id }) {
    this.#holds = this.#holds.filter((hold) => hold.id !== id);
  }

  #seatsAre(booking, status, mine) {
    this.#house.update(seatsOf(booking).map((label) => ({ label, status, mine })));
  }

  #say(text, actions = []) {
    this.#notice = { text, actions };
    announce(text);
    this.#draw();
  }

  #tick() {
    for (const hold of this.#holds) {
      const drawn = this.element.querySelector(`[data-hold-card="${hold.id}"]`);
      if (drawn && isOver(hold) !== drawn.classList.contains("over")) this.#timeIsUp();
      tick(hold, this.element);
      const seconds = Math.ceil((Date.parse(hold.expiresAt) - now()) / 1000);
      if (SPEAK_AT.includes(seconds) && hold.spoken !== seconds) announce(`${seconds} seconds left to confirm.`);
      hold.spoken = seconds;
    }
  }

  #timeIsUp() {
    announce("Time is up: your seats are held no longer.");
    this.#draw();
  }

  // -------------------------------------------------------------------- drawing

  #focus(key) {
    this.element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  #draw() {
    this.#house.pick(this.#picks);
    const does = {
      confirm: (hold) => this.#confirm(hold),
      extend: (hold) => this.#extend(hold),
      giveUp: (hold) => this.#giveUp(hold),
      dismiss: (hold) => {
        this.#remove(hold);
        this.#draw();
      },
    };
    redraw(
      this.element,
      h("h2", { id: "order-title", tabindex: "-1", "data-fallback": true }, "Your seats"),
      this.#busy ? h("p", { class: "busy" }, this.#busy) : null,
      this.#notice ? h("div", { class: "notice" }, h("p", {}, this.#notice.text), ...this.#notice.actions) : null,
      this.#sold ? sold(this.#sold) : null,
      ...this.#holds.map((hold) => card(hold, does, this.#busy !== "")),
      ...this.#drawPicks(),
    );
  }

  get #isClosed() {
    return ["CLOSED", "CANCELLED"].includes(this.#show.status);
  }

  #drawPicks() {
    if (this.#isClosed) return [h("p", { class: "hint" }, `${SHOW_STATUSES[this.#show.status]}.`)];
    const seats = [...this.#picks].map((label) => this.#house.seats.get(label));
    if (!seats.length) return this.#drawBest();
    const hold = () => this.#hold({ seats: seats.map(({ label }) => label) });
    const label = `Hold ${count(seats.length, "seat")}`;
    return [
      lines(seats),
      total(sum(seats.map(({ price }) => price))),
      action("hold", label, hold, { kind: "primary wide", busy: this.#busy !== "" }),
    ];
  }

  #drawBest() {
    const busy = this.#busy !== "";
    const step = (by) => () => {
      this.#wanted = Math.max(1, Math.min(MOST, this.#wanted + by));
      announce(count(this.#wanted, "seat"));
      this.#draw();
    };
    const best = () => this.#hold({ bestAvailable: { count: this.#wanted } });
    const fewer = action("fewer", "−", step(-1), { kind: "step", busy });
    const more = action("more", "+", step(1), { kind: "step", busy });
    fewer.ariaLabel = "One seat fewer";
    more.ariaLabel = "One seat more";
    return [
      this.#holds.length || this.#sold
        ? null
        : h("p", { class: "hint" }, "Pick seats in the house, or take the best there are."),
      h(
        "div",
        { class: "best" },
        fewer,
        action("best", `${this.#wanted} best ${this.#wanted === 1 ? "seat" : "seats"}`, best, {
          kind: this.#holds.length || this.#sold ? "" : "primary",
          busy,
        }),
        more,
      ),
    ];
  }
}
