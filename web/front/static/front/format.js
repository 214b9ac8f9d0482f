// Formats money, dates and times, and gives the labels of the schema's enums.

import { serverNow } from "./server_clock.js";

const LOCALE = "en-US";

// A date of another year has its year, unless it is in the next ten months.
const MONTHS_WITHOUT_YEAR = 10;

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

/** Statuses of bookings, except holds. */
export const BOOKING_STATUS_LABELS = {
  CONFIRMED: "Confirmed",
  CANCELLED: "Cancelled",
  EXPIRED: "Expired",
};

/** Formats an amount of the API, which has the decimals of its currency. */
export function formatMoney({ amount, currency }) {
  const digits = decimalsOf(amount);
  const options = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(LOCALE, options).format(amount);
}

/** Adds prices in one currency. Adds its smallest units, because fractions do not add up exactly. */
export function addPrices(prices) {
  const digits = Math.max(...prices.map(({ amount }) => decimalsOf(amount)));
  const units = prices.reduce((total, { amount }) => total + Math.round(amount * 10 ** digits), 0);
  return { amount: (units / 10 ** digits).toFixed(digits), currency: prices[0].currency };
}

function decimalsOf(amount) {
  return amount.split(".")[1]?.length ?? 0;
}

/** Formats `moment` in `timeZone`. For a time zone that this browser does not know: in UTC, with "UTC" if it has a time. */
function formatIn(timeZone, moment, options, locale = LOCALE) {
  const format = (more) => new Intl.DateTimeFormat(locale, { ...options, ...more }).format(new Date(moment));
  try {
    return format({ timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return format({ timeZone: "UTC", ...(options.hour ? { timeZoneName: "short" } : {}) });
  }
}

export function formatTime(moment, timeZone) {
  return formatIn(timeZone, moment, { hour: "numeric", minute: "2-digit" });
}

/** The date in `timeZone` at `moment`, as the API writes dates: 2026-12-24. */
export function dateIn(timeZone, moment) {
  return formatIn(timeZone, moment, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA");
}

/** The day of the theater's schedule at `moment`: until the theater's day ends, it is still the previous date. */
export function cinemaDate({ timeZone, dayEndsAt }, moment) {
  const date = dateIn(timeZone, moment);
  const time = formatIn(timeZone, moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "en-GB");
  return time.slice(0, 5) < dayEndsAt ? dateIn("UTC", Date.parse(`${date}T12:00:00Z`) - 86_400_000) : date;
}

/** Whether `text` is a date as the API writes it. */
export function isDate(text) {
  const noon = Date.parse(`${text}T12:00:00Z`);
  return !Number.isNaN(noon) && new Date(noon).toISOString().slice(0, 10) === text;
}

/** For 2026-12-24: { weekday: "Thu", short: "Dec 24", long: "Thursday, December 24", withYear: "Dec 24, 2026" }.
 *
 * `short` and `long` also have the year if the date could be mistaken for one of this year.
 */
export function formatDate(date) {
  const noon = new Date(`${date}T12:00:00Z`);
  const format = (options) => new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" }).format(noon);
  const year = needsYear(noon) ? { year: "numeric" } : {};
  return {
    weekday: format({ weekday: "short" }),
    short: format({ month: "short", day: "numeric", ...year }),
    long: format({ weekday: "long", month: "long", day: "numeric", ...year }),
    withYear: format({ month: "short", day: "numeric", year: "numeric" }),
  };
}

function needsYear(date) {
  const now = new Date(serverNow());
  if (date.getUTCFullYear() === now.getUTCFullYear()) return false;
  const limit = new Date(now);
  limit.setUTCMonth(limit.getUTCMonth() + MONTHS_WITHOUT_YEAR);
  return date < now || date > limit;
}

/** `count` consecutive dates that begin with `date`. */
export function datesFrom(date, count) {
  const first = Date.parse(`${date}T12:00:00Z`);
  return Array.from({ length: count }, (_, index) => dateIn("UTC", first + index * 86_400_000));
}

/** For example "Thursday, December 24 at 7:30 PM". */
export function formatDateTime(moment, timeZone) {
  // A line break would separate the time from AM or PM.
  const time = formatTime(moment, timeZone).replaceAll(" ", "\u00a0");
  return `${formatDate(dateIn(timeZone, moment)).long} at ${time}`;
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
