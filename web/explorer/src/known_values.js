// Values from responses that fill empty variables in other tabs: the id of a show, an available seat, a booking's id.

const KEY = "explorer:known-values";
const SHOW_START_KEY = "explorer:show-starts-at";
const MAX_VALUES = 50;
// By default, bookings can be cancelled until one hour before the show.
const MIN_HOURS_UNTIL_START = 2;

const listeners = new Set();
// The values of each variable, newest first. Older ones distinguish filled-in values from values that the user wrote.
let values = { seat: ["C4"], ...JSON.parse(localStorage.getItem(KEY)) };

export const current = () => values;

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether no show is known, or only one that starts too soon. */
export const needsShow = () => !startsLateEnough({ startsAt: localStorage.getItem(SHOW_START_KEY) });

/** Saves the useful values in the `data` of a response. */
export function learn(data) {
  const shows = data.shows?.nodes ?? [];
  const show = shows.find(startsLateEnough) ?? shows[0];
  if (show?.id) {
    save("showId", show.id);
    localStorage.setItem(SHOW_START_KEY, show.startsAt);
  }
  save("seat", seatsOf(data.show).find(isForEveryone)?.label);
  const bookings = (data.me?.bookings ?? data.myBookings)?.nodes;
  save("bookingId", bookings?.find((booking) => booking.status === "CONFIRMED")?.id);
  save("bookingId", data.bookSeat?.id ?? data.holdSeats?.id);
}

/** Returns variables, as JSON, in which empty and previously filled-in values are replaced by the newest ones. */
export function fill(text) {
  let variables;
  try {
    variables = JSON.parse(text);
  } catch {
    return text;
  }
  const changes = Object.entries(values)
    .filter(([name, [newest, ...older]]) => ["", ...older].includes(variables?.[name]))
    .map(([name, [newest]]) => [name, newest]);
  if (!changes.length) {
    return text;
  }
  return JSON.stringify({ ...variables, ...Object.fromEntries(changes) }, null, 2);
}

function startsLateEnough({ startsAt }) {
  return Date.parse(startsAt) > Date.now() + MIN_HOURS_UNTIL_START * 60 * 60 * 1000;
}

/** Whether the seat is available without `needsAccessible`. */
function isForEveryone({ status, category }) {
  return status === "AVAILABLE" && !["WHEELCHAIR", "COMPANION"].includes(category);
}

function seatsOf(show) {
  return show?.seatMap?.rows?.flatMap((row) => row.seats ?? []) ?? [];
}

function save(name, value) {
  if (!value) {
    return;
  }
  const others = (values[name] ?? []).filter((other) => other !== value);
  values = { ...values, [name]: [value, ...others].slice(0, MAX_VALUES) };
  localStorage.setItem(KEY, JSON.stringify(values));
  listeners.forEach((listener) => listener());
}
