// How things are said: money, moments, names of what the schema has in capitals.

const LOCALE = "en-US";

export const CATEGORIES = {
  STANDARD: "standard",
  PREMIUM: "premium",
  WHEELCHAIR: "wheelchair space",
  COMPANION: "companion seat",
};

export const FORMATS = {
  TWO_D: "2D",
  THREE_D: "3D",
  IMAX: "IMAX",
  IMAX_THREE_D: "IMAX 3D",
  FOUR_DX: "4DX",
};

export const SHOW_STATUSES = {
  SOLD_OUT: "Sold out",
  CLOSED: "Booking is closed",
  CANCELLED: "Called off",
};

export const BOOKING_STATUSES = {
  HELD: "Held for you",
  CONFIRMED: "Confirmed",
  CANCELLED: "Cancelled",
  EXPIRED: "Ran out",
};

export function money({ amount, currency }) {
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency }).format(amount);
}

/** What prices in one currency come to; in whole cents meanwhile, since fractions do not add up exactly. */
export function sum(prices) {
  const cents = prices.reduce((total, { amount }) => total + Math.round(amount * 100), 0);
  return { amount: cents / 100, currency: prices[0].currency };
}

export function time(moment, timeZone) {
  return new Intl.DateTimeFormat(LOCALE, { timeStyle: "short", timeZone }).format(new Date(moment));
}

/** The day at `moment` where the theater is, as the API writes days: 2026-12-24. */
export function day(moment, timeZone) {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).format(
    new Date(moment),
  );
}

/** Such as { weekday: "Thu", date: "Dec 24" } of 2026-12-24. */
export function dayNames(date) {
  const noon = new Date(`${date}T12:00:00Z`);
  const say = (options) => new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" }).format(noon);
  return {
    weekday: say({ weekday: "short" }),
    date: say({ month: "short", day: "numeric" }),
    whole: say({ weekday: "long", month: "long", day: "numeric" }),
  };
}

/** `count` days from `date` on. */
export function daysFrom(date, count) {
  const first = Date.parse(`${date}T12:00:00Z`);
  return Array.from({ length: count }, (_, index) => day(first + index * 86_400_000, "UTC"));
}

/** Such as "Thursday, December 24 at 7:30 PM". */
export function when(moment, timeZone) {
  return `${dayNames(day(moment, timeZone)).whole} at ${time(moment, timeZone)}`;
}

export function minutes(total) {
  return total < 60 ? `${total} min` : `${Math.floor(total / 60)} h ${String(total % 60).padStart(2, "0")} min`;
}

/** Such as 7:05, never below 0:00. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function language(tag) {
  return new Intl.DisplayNames(LOCALE, { type: "language" }).of(tag);
}

export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/** Such as "C4, C5 and C6". */
export function list(words) {
  return new Intl.ListFormat(LOCALE).format(words);
}
