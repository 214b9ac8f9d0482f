// Prints what the functions of the front page's format.js return, as JSON. The argument is a copy of that module.

const { addPrices, cinemaDate, formatDate, formatDateTime, formatMoney, formatTime } = await import(process.argv[2]);

const amounts = [["1800", "JPY"], ["12.500", "KWD"], ["0.2155", "CLF"], ["12.50", "EUR"], ["1.250", "IQD"]];
const sums = [["0.105", "0.205", "KWD"], ["1800", "900", "JPY"], ["0.10", "0.20", "EUR"]];
const moment = "2026-12-24T19:30:00Z";
const days = [
  ["Europe/Lisbon", "06:00", "2026-12-25T00:30:00Z"],
  ["Europe/Lisbon", "06:00", "2026-12-25T06:00:00Z"],
  ["Pacific/Chatham", "04:30", "2026-12-24T14:44:00Z"],
  ["Pacific/Chatham", "04:30", "2026-12-24T14:45:00Z"],
  ["Asia/Tokyo", "00:00", "2026-12-24T15:00:00Z"],
];
Date.now = () => Date.parse("2026-11-30T12:00:00Z");
const dates = ["2026-01-02", "2027-09-29", "2027-10-01", "2025-12-24"];
console.log(
  JSON.stringify({
    money: amounts.map(([amount, currency]) => formatMoney({ amount, currency })),
    sums: sums.map(([one, two, currency]) => addPrices([one, two].map((amount) => ({ amount, currency }))).amount),
    times: ["Asia/Kathmandu", "localtime"].map((zone) => formatTime(moment, zone)),
    unknown: formatDateTime(moment, "Factory"),
    days: days.map(([timeZone, dayEndsAt, at]) => cinemaDate({ timeZone, dayEndsAt }, at)),
    dates: Object.fromEntries(dates.map((date) => [date, [formatDate(date).short, formatDate(date).long]])),
  }),
);
