// What a buyer can still choose from the seats of a show.

import { isAccessible } from "./seat_map.js";

/** Returns what can be chosen from `seats`, the seats of a show.
 *
 * - `counts`: how many seats for everyone can be chosen at once, the smallest number first; at most `seatsLeft`
 * - `hasGeneral`, `hasAccessible`, `hasWheelchairSpaces`: whether seats for everyone are available, whether the
 *   auditorium has wheelchair spaces or companion seats, and whether a wheelchair space is available
 * - `countsWithWheelchairSpace`: as `counts`, with a wheelchair space as one of the seats
 * - `isSoldOut`: whether no seat is available
 * - `seatsLeft`: as given
 */
export function choicesFrom(seats, seatsLeft) {
  const available = seats.filter(({ status }) => status === "AVAILABLE");
  const general = available.filter((seat) => !isAccessible(seat));
  // Units are not chosen together with wheelchair spaces.
  const beside = available.filter(({ category, unit }) => category !== "WHEELCHAIR" && !unit);
  return {
    counts: possibleCounts(general, seatsLeft),
    hasGeneral: general.length > 0,
    hasAccessible: seats.some(isAccessible),
    hasWheelchairSpaces: available.some(({ category }) => category === "WHEELCHAIR"),
    countsWithWheelchairSpace: Array.from({ length: Math.min(seatsLeft, 1 + beside.length) }, (_, index) => index + 1),
    isSoldOut: !available.length,
    seatsLeft,
  };
}

/** The numbers of seats, up to `most`, that can be sold from `seats` without a part of a unit (seats that are sold
 * only together).
 */
function possibleCounts(seats, most) {
  const sizes = new Map();
  for (const { label, unit } of seats) sizes.set(unit ?? label, (sizes.get(unit ?? label) ?? 0) + 1);
  let counts = new Set([0]);
  for (const size of sizes.values()) {
    const more = [...counts].map((count) => count + size).filter((count) => count <= most);
    counts = new Set([...counts, ...more]);
  }
  counts.delete(0);
  return [...counts].sort((a, b) => a - b);
}
