// The head of the schedule: links to theaters and days, and a date picker for other days.

import { h } from "./dom.js";
import { cinemaDate, dateIn, formatDate } from "./format.js";
import { serverNow } from "./server_clock.js";

// The ID of the heading with the day. It describes the title, which has the focus when the page opens, and which is the
// same for every day.
export const DAY_HEADING = "schedule-day";

/** Returns the title, the links to `theaters`, those to `dates`, and a picker for dates until `lastDate`.
 *
 * `theater` and `date` are the selected ones. `pickedDate` is the date if the user has picked it, or null: the other
 * theaters then show the same day.
 */
export function scheduleNavigation({ title, theaters, dates, lastDate, theater, date, pickedDate }) {
  const links = theaterLinks(theaters, theater, pickedDate);
  return [
    h("div", { class: "schedule-header" }, h("h1", { tabindex: "-1", "aria-describedby": DAY_HEADING }, title), links),
    h("div", { class: "days" }, dateLinks(dates, date, theater), datePicker(dates, lastDate, date, theater)),
  ];
}

/** Returns the link to the schedule of a theater, on `date` if it is given. */
export function scheduleUrl(theater, date) {
  return `#/?${new URLSearchParams({ theater: theater.id, ...(date ? { day: date } : {}) })}`;
}

function theaterLinks(theaters, selected, pickedDate) {
  // In another time zone, the day may be over.
  const dateFor = (theater) => (pickedDate >= cinemaDate(theater, serverNow()) ? pickedDate : null);
  return h(
    "nav",
    { class: "theaters", "aria-label": "Theaters" },
    ...theaters.map((theater) =>
      h(
        "a",
        { href: scheduleUrl(theater, dateFor(theater)), "aria-current": theater === selected ? "true" : null },
        h("b", {}, theater.name),
        h("span", {}, theater.city),
      ),
    ),
  );
}

function dateLinks(dates, selected, theater) {
  // After midnight, the first date is yesterday while its last shows are running.
  const today = dateIn(theater.timeZone, serverNow());
  return h(
    "nav",
    { class: "dates", "aria-label": "Days" },
    ...dates.map((date) => {
      const { weekday, short } = formatDate(date);
      return h(
        "a",
        { href: scheduleUrl(theater, date), "aria-current": date === selected ? "date" : null },
        h("b", {}, date === today ? "Today" : weekday),
        h("span", {}, short),
      );
    }),
  );
}

function datePicker(dates, lastDate, selected, theater) {
  const isOther = !dates.includes(selected);
  let isTyping = false;
  const open = () => {
    if (input.value && input.value !== selected) location.hash = scheduleUrl(theater, input.value);
  };
  const input = h("input", {
    type: "date",
    required: true,
    min: dates[0],
    max: lastDate > dates[0] ? lastDate : dates[0],
    value: isOther ? selected : null,
    // A date that is typed is complete when the user presses Enter or leaves the field; a date that is picked, at once.
    onkeydown: ({ key }) => (key === "Enter" ? open() : (isTyping = true)),
    onpointerdown: () => (isTyping = false),
    onchange: () => isTyping || open(),
    onblur: open,
  });
  return h("label", { class: isOther ? "date-picker selected" : "date-picker" }, h("span", {}, "Other date"), input);
}
