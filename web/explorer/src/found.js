// What answers have that the variables of other tabs lack: the id of a show, a free seat of it, the id of a booking.

const KEY = "explorer:found";
const STARTS_AT = "explorer:show-starts-at";
const MOST = 50;
// Too late to cancel is an hour before the show, unless a setting says otherwise.
const HOURS_AHEAD = 2;

const listeners = new Set();
// By name of the variable, the last one first. The older ones tell what was filled in here from what somebody wrote.
let found = { seat: ["C4"], ...JSON.parse(localStorage.getItem(KEY)) };

export const current = () => found;

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether no show has been found yet, or only one that starts too soon by now. */
export const needsShow = () => !isGood({ startsAt: localStorage.getItem(STARTS_AT) });

/** Remembers what is worth it in the `data` of an answer. */
export function learn(data) {
  const shows = data.shows?.nodes ?? [];
  const show = shows.find(isGood) ?? shows[0];
  if (show?.id) {
    keep("showId", show.id);
    localStorage.setItem(STARTS_AT, show.startsAt);
  }
  keep("seat", seatsOf(data.show).find((seat) => seat.status === "AVAILABLE")?.label);
  keep("bookingId", data.myBookings?.nodes?.find((booking) => booking.status === "CONFIRMED")?.id);
  keep("bookingId", data.bookSeat?.id);
}

/** The text of a variables editor, with what has been found in the places that are empty or were filled in before. */
export function filledIn(text) {
  let variables;
  try {
    variables = JSON.parse(text);
  } catch {
    return text;
  }
  const changes = Object.entries(found).filter(([name, [last, ...older]]) => ["", ...older].includes(variables?.[name]));
  if (!changes.length) {
    return text;
  }
  return JSON.stringify({ ...variables, ...Object.fromEntries(changes.map(([name, [last]]) => [name, last])) }, null, 2);
}

function isGood({ startsAt }) {
  return Date.parse(startsAt) > Date.now() + HOURS_AHEAD * 60 * 60 * 1000;
}

function seatsOf(show) {
  return show?.seatMap?.rows?.flatMap((row) => row.seats ?? []) ?? [];
}

function keep(name, value) {
  if (!value) {
    return;
  }
  const others = (found[name] ?? []).filter((other) => other !== value);
  found = { ...found, [name]: [value, ...others].slice(0, MOST) };
  localStorage.setItem(KEY, JSON.stringify(found));
  listeners.forEach((listener) => listener());
}
