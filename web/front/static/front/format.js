// Formats money, dates and times, and gives the labels of the schema's enums.

const LOCALE = "en-US";

export const CATEGORY_LABELS = {
  STANDARD: "standard",
  PREMIUM: "premium",
  WHEELCHAIR: "wheelchair space",
  COMPANION: "companion seat",
};

export const FORMAT_LABELS = {
  TWO_D: "2D",
  THREE_D: "3D",
  IMAX: "IMAX",
  IMAX_THREE_D: "IMAX 3D",
  FOUR_DX: "4DX",
};

/** Statuses in which a show cannot be booked. */
export const SHOW_STATUS_LABELS = {
  SOLD_OUT: "Sold out",
  CLOSED: "Booking is closed",
  CANCELLED: "Cancelled",
};

export const BOOKING_STATUS_LABELS = {
  HELD: "Held for you",
  CONFIRMED: "Confirmed",
  CANCELLED: "Cancelled",
  EXPIRED: "Expired",
};

export function formatMoney({ amount, currency }) {
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency }).format(amount);
}

/** Adds prices in one currency. Adds whole cents, because fractions do not add up exactly. */
export function addPrices(prices) {
  const cents = prices.reduce((total, { amount }) => total + Math.round(amount * 100), 0);
  return { amount: cents / 100, currency: prices[0].currency };
}

export function formatTime(moment, timeZone) {
  return new Intl.DateTimeFormat(LOCALE, { timeStyle: "short", timeZone }).format(new Date(moment));
}

/** The date in `timeZone` at `moment`, as the API writes dates: 2026-12-24. */
export function dateIn(timeZone, moment) {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).format(
    new Date(moment),
  );
}

/** For 2026-12-24: { weekday: "Thu", short: "Dec 24", long: "Thursday, December 24" }. */
export function formatDate(date) {
  const noon = new Date(`${date}T12:00:00Z`);
  const format = (options) => new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" }).format(noon);
  return {
    weekday: format({ weekday: "short" }),
    short: format({ month: "short", day: "numeric" }),
    long: format({ weekday: "long", month: "long", day: "numeric" }),
  };
}

/** `count` consecutive dates that begin with `date`. */
export function datesFrom(date, count) {
  const first = Date.parse(`${date}T12:00:00Z`);
  return Array.from({ length: count }, (_, index) => dateIn("UTC", first + index * 86_400_000));
}

/** For example "Thursday, December 24 at 7:30 PM". */
export function formatDateTime(moment, timeZone) {
  return `${formatDate(dateIn(timeZone, moment)).long} at ${formatTime(moment, timeZone)}`;
}

export function formatDuration(minutes) {
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** For example 7:05; never below 0:00. */
export function formatCountdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function languageName(tag) {
  return new Intl.DisplayNames(LOCALE, { type: "language" }).of(tag);
}

/** For example "1 seat" or "2 seats". */
export function pluralize(number, singular, plural = `${singular}s`) {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** For example "C4, C5, and C6". */
export function formatList(items) {
  return new Intl.ListFormat(LOCALE).format(items);
}
