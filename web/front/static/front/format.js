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
