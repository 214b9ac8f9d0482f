// The controls of the booking panel that select and hold seats: the selected seats, or the choice of the best ones.

import { h } from "./dom.js";
import { addPrices, formatList, pluralize } from "./format.js";
import { actionButton, seatList, totalPrice } from "./panel_parts.js";

const CLOSED_HINTS = {
  CLOSED: "Booking is closed.",
  CANCELLED: "This show is cancelled, and so are all bookings for it.",
};

/** Whether no seats of the show can be booked any more. */
export function isClosed({ status }) {
  return status in CLOSED_HINTS;
}

/** Returns the controls as a list of elements.
 *
 * `choices` are what can be chosen (see choicesFrom), `booked` the labels of the seats that the user has booked, and
 * `selected` the selected seats. onHold takes a SeatSelection of the API, onSeatCount a number, and onNeedsAccessible a
 * boolean.
 */
export function selectionControls({ booked, ...options }) {
  // After the other steps, the panel shows them in another place.
  const isListed = booked.length > 0 && options.isFirstStep;
  const choice = seatChoice({ ...options, isPrimary: options.isFirstStep && !booked.length });
  return [isListed ? hint(`Booked by you: ${formatList(booked)}.`) : null, ...choice];
}

function seatChoice({ show, choices, selected, isFirstStep, isBusy, ...options }) {
  if (isClosed(show)) return [hint(CLOSED_HINTS[show.status])];
  const accessible = choices.hasAccessible
    ? accessibleChoice(options.needsAccessible, options.onNeedsAccessible)
    : null;
  if (selected.length) return [accessible, ...selectedSeats(selected, options.onHold, isBusy)];
  const problem = unavailable(choices, options);
  if (problem) {
    // Below a hold or a new booking, it would seem to be about those seats.
    const reason = isFirstStep ? hint(problem) : h("p", { class: "muted optional" }, problem);
    return [reason, choices.isSoldOut ? null : accessible];
  }
  return [
    isFirstStep ? h("p", { class: "hint optional" }, "Pick your seats, or let us choose.") : null,
    accessible,
    bestAvailable(choices, { isFirstStep, isBusy, ...options }),
  ];
}

function hint(text) {
  return h("p", { class: "hint" }, text);
}

/** Returns why no seats can be chosen, or null. */
function unavailable(choices, { needsAccessible, limit }) {
  if (choices.seatsLeft === 0) return limit;
  if (choices.isSoldOut) return "Sold out. Seats that become available appear here.";
  if (needsAccessible) return choices.hasWheelchairSpaces ? null : "No wheelchair space is available.";
  if (!choices.hasGeneral) return "Only wheelchair spaces and the seats beside them are available.";
  return choices.counts.length ? null : `Only seats that are sold together are available. ${limit}`;
}

function selectedSeats(seats, onHold, isBusy) {
  const hold = () => onHold({ seats: seats.map(({ label }) => label) });
  const label = `Hold ${pluralize(seats.length, "seat")}`;
  return [
    seatList(seats),
    totalPrice(addPrices(seats.map(({ price }) => price))),
    actionButton("hold", label, hold, { className: "primary wide", busy: isBusy }),
  ];
}

/** Asks whether the user needs a wheelchair space. */
function accessibleChoice(checked, onChange) {
  const onchange = ({ target }) => onChange(target.checked);
  const box = h("input", { type: "checkbox", "data-key": "accessible", checked, onchange });
  return h("label", { class: "checkbox optional" }, box, "I need a wheelchair space");
}

/** The choice of the best available seats: a button that holds them, and two that change their number. */
function bestAvailable(choices, { seatCount, needsAccessible, isFirstStep, isPrimary, isBusy, onSeatCount, onHold }) {
  const wheelchairSpaces = needsAccessible ? 1 : 0;
  const counts = needsAccessible ? choices.countsWithWheelchairSpace : choices.counts;
  const count = counts.findLast((each) => each <= seatCount) ?? counts[0];
  const [fewer, more] = [counts.findLast((each) => each < count), counts.find((each) => each > count)];
  const step = (key, text, name, to) => {
    const button = actionButton(key, text, () => onSeatCount(to), { className: "step", busy: isBusy || !to });
    button.ariaLabel = name;
    return button;
  };
  const hold = () => onHold({ bestAvailable: { count, wheelchairSpaces } });
  const label = needsAccessible ? bestAccessibleLabel(count) : bestLabel(count);
  return h(
    "div",
    { class: isFirstStep ? "best-available" : "best-available optional" },
    step("fewer", "−", "Fewer seats", fewer),
    actionButton("best", label, hold, { className: isPrimary ? "primary" : "", busy: isBusy }),
    step("more", "+", "More seats", more),
  );
}

function bestLabel(count) {
  return count === 1 ? "Hold the best seat" : `Hold the best ${count} seats`;
}

function bestAccessibleLabel(count) {
  if (count === 1) return "Hold a wheelchair space";
  return `Hold a wheelchair space and ${pluralize(count - 1, "seat")}`;
}
