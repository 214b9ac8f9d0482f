// The server's clock. Holds expire by it, even if the clock of this device is wrong.

// Bounds of the difference between the two clocks, in milliseconds.
let minOffset = -Infinity;
let maxOffset = Infinity;

/** Narrows the bounds with the Date header of a response; `sentAt` and `receivedAt` are times of this device. */
export function syncClock(dateHeader, sentAt, receivedAt) {
  const second = Date.parse(dateHeader);
  if (Number.isNaN(second)) return;
  // The header has no fractions of a second, and was written at any moment between sending and receiving.
  const [from, until] = [second - receivedAt, second + 1000 - sentAt];
  [minOffset, maxOffset] = [Math.max(minOffset, from), Math.min(maxOffset, until)];
  // One of the clocks was changed.
  if (minOffset > maxOffset) [minOffset, maxOffset] = [from, until];
}

/** The server's current time, in milliseconds since the epoch. */
export function serverNow() {
  return Date.now() + (Number.isFinite(minOffset) ? (minOffset + maxOffset) / 2 : 0);
}
