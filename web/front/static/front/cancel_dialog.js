// The dialog that cancels seats of a booking.

import { request } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { formatList, pluralize } from "./format.js";
import { mutate } from "./mutations.js";
import { BOOKED_UNITS, CANCEL } from "./operations.js";
import { seatLabels } from "./panel_parts.js";

/** Opens a dialog to select seats, and cancels them or releases held ones. `onChange` receives the changed booking. */
export async function cancelSeats(booking, onChange) {
  const seats = seatLabels(booking);
  const [verb, past] = booking.status === "HELD" ? ["Release", "released"] : ["Cancel", "cancelled"];
  const units = readUnits(booking);
  await openDialog(`${verb} seats`, (close) => {
    const problem = h("p", { class: "problem", role: "alert" });
    const boxes = seats.map((seat) => h("input", { type: "checkbox", name: "seat", value: seat, checked: true }));
    const submit = h("button", { class: "primary wide" });
    const checkedSeats = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);
    const updateSubmit = () => {
      const count = checkedSeats().length;
      submit.textContent = count ? `${verb} ${pluralize(count, "seat")}` : `${verb} seats`;
      problem.textContent = "";
    };
    const legend = h("legend", {}, `Which seats for ${booking.show.movie.title} do you want to ${verb.toLowerCase()}?`);
    const labels = boxes.map((box) => h("label", { class: "checkbox" }, box, box.value));
    const together = h("p", { class: "muted", hidden: true });
    const keep = h("button", { type: "button", class: "wide", onclick: () => close("") }, "Keep seats");
    const content = [h("fieldset", {}, legend, ...labels), together, problem, submit, keep];
    const form = h("form", { onchange: updateSubmit }, ...content);
    updateSubmit();
    units.then((groups) => {
      for (const group of groups) checkTogether(boxes.filter(({ value }) => group.includes(value)));
      together.textContent = groups.map((group) => `${formatList(group)} are sold only together.`).join(" ");
      together.hidden = !groups.length;
    });
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
      announce(`${formatList(selected)} ${past}.`);
    });
    return [form];
  });
}

async function sendCancel(booking, seats, problem) {
  const isWholeBooking = seats.length === seatLabels(booking).length;
  const input = { bookingId: booking.id, ...(isWholeBooking ? {} : { seats }) };
  const showRetry = (message) => (problem.textContent = message);
  // Closing the dialog keeps the seats, unless the server has already received the request.
  const isOpen = () => problem.isConnected;
  try {
    return await mutate(CANCEL, input, showRetry, isOpen);
  } catch (error) {
    return { message: error.message };
  }
}

/** Returns the seats of each unit in the booking, such as a love seat, as lists of labels. If they are unknown, none. */
async function readUnits({ reference }) {
  const response = await request(BOOKED_UNITS, { reference }).catch(() => null);
  const units = new Map();
  for (const { seat, showSeat } of response?.booking?.tickets ?? []) {
    if (showSeat.unit) units.set(showSeat.unit, [...(units.get(showSeat.unit) ?? []), seat]);
  }
  return [...units.values()];
}

/** Makes boxes change together. Call it before the form counts the checked ones. */
function checkTogether(boxes) {
  for (const box of boxes) {
    box.addEventListener("change", () => {
      for (const other of boxes) other.checked = box.checked;
    });
  }
}
