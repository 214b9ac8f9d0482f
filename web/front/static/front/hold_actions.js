// What a user does with holds: hold seats, extend, confirm, release or dismiss a hold.

import { h } from "./dom.js";
import { formatList, pluralize } from "./format.js";
import { CANCEL, CONFIRM, EXTEND, HOLD } from "./operations.js";
import { actionButton } from "./panel_parts.js";

export class HoldActions {
  #showId;
  #holds;
  #callbacks;

  /** Changes `holds`, a Holds.
   *
   * `callbacks` are logIn() and needsAccessible(labels), which return booleans; onStart(), which is called before each
   * request; onHeld(hold), onConfirmed(booking), onDismissed(hold) and onSeatsTaken(result); onSeats(booking, status,
   * mine), which shows the new status of its seats; onNotice(text, { buttons, holdId }), which shows a message; and
   * onDone(text, { holdId }), which shows a message that is true only until the holds change.
   */
  constructor(showId, holds, callbacks) {
    this.#showId = showId;
    this.#holds = holds;
    this.#callbacks = callbacks;
  }

  /** Holds seats. `selection` is a SeatSelection of the API. */
  async hold(selection) {
    if (!(await this.#callbacks.logIn())) return;
    this.#callbacks.onStart();
    const needsAccessible = this.#callbacks.needsAccessible(selection.seats ?? []);
    const input = { showId: this.#showId, selection, needsAccessible };
    const result = await this.#holds.mutate({ text: "Holding your seats…" }, HOLD, input);
    if (result.__typename === "Booking") {
      this.#put(result);
      this.#callbacks.onHeld(result);
    } else if (result.__typename === "SeatsTaken") this.#callbacks.onSeatsTaken(result);
    else this.#callbacks.onNotice(holdProblem(result, selection), { buttons: linksFor(result) });
  }

  async extend(hold) {
    const result = await this.#mutate(hold, "Extending your hold…", EXTEND);
    if (!result) return;
    const isLonger = result.expiresAt !== hold.expiresAt;
    this.#put(result);
    this.#notifyDone(hold, isLonger ? "Your hold has been extended." : "This hold can’t be extended any further.");
  }

  async confirm(hold) {
    const result = await this.#mutate(hold, "Confirming…", CONFIRM);
    if (!result) return;
    this.#holds.remove(hold);
    this.#callbacks.onSeats(result, "BOOKED", true);
    this.#callbacks.onConfirmed(result);
  }

  async release(hold) {
    const result = await this.#mutate(hold, "Releasing your seats…", CANCEL);
    if (!result) return;
    this.#holds.remove(hold);
    this.#callbacks.onSeats(hold, "AVAILABLE", false);
    this.#notifyDone(hold, "Your seats have been released.");
  }

  dismiss(hold) {
    this.#holds.remove(hold);
    this.#callbacks.onDismissed(hold);
  }

  #put(hold) {
    this.#holds.put(hold);
    this.#callbacks.onSeats(hold, "HELD", true);
  }

  #notify(hold, text, options = {}) {
    this.#callbacks.onNotice(text, { holdId: hold.id, ...options });
  }

  #notifyDone(hold, text) {
    this.#callbacks.onDone(text, { holdId: hold.id });
  }

  /** Returns the changed booking, or null after a refusal, which is shown to the user. */
  async #mutate(hold, text, document) {
    this.#callbacks.onStart();
    const result = await this.#holds.mutate({ text, holdId: hold.id }, document, { bookingId: hold.id });
    if (result.__typename === "Booking") return result;
    this.#showProblem(hold, result);
    return null;
  }

  #showProblem(hold, { __typename, message, stillAvailable = [] }) {
    if (!["HoldExpired", "BookingCancelled"].includes(__typename)) return this.#notify(hold, message);
    this.#holds.remove(hold);
    if (!stillAvailable.length) return this.#notify(hold, message);
    const holdAgain = () => this.hold({ seats: stillAvailable });
    const button = actionButton("again", `Hold ${formatList(stillAvailable)} again`, holdAgain);
    return this.#notify(hold, message, { buttons: [button] });
  }
}

/** Says why seats cannot be held. The best seats are next to each other, so there may be more than are offered. */
function holdProblem({ __typename, message }, { bestAvailable }) {
  if (__typename !== "NotEnoughSeats" || !(bestAvailable?.count > 1)) return message;
  const { count, wheelchairSpaces } = bestAvailable;
  const wanted = wheelchairSpaces
    ? `No wheelchair space with ${pluralize(count - 1, "seat")} next to it is available.`
    : `No ${count} seats next to each other are available.`;
  return `${wanted} Select seats on the map, or choose fewer.`;
}

/** Returns links to what the user can change to hold the seats. */
function linksFor({ __typename }) {
  return __typename === "SeatLimitReached" ? [h("a", { href: "#/bookings" }, "My bookings")] : [];
}
