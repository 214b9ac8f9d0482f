// The server's clock. Holds run out by it, whatever the clock of this device says.

// The difference to it lies between these, in milliseconds.
let least = -Infinity;
let most = Infinity;

/** Learns from the Date header of an answer to what was asked at `asked` and came at `came`. */
export function learn(header, asked, came) {
  const second = Date.parse(header);
  if (Number.isNaN(second)) return;
  // The header leaves out fractions of a second; and it was written at some moment between the two.
  const [from, until] = [second - came, second + 1000 - asked];
  [least, most] = [Math.max(least, from), Math.min(most, until)];
  // One of the clocks has been set anew.
  if (least > most) [least, most] = [from, until];
}

/** Now, in milliseconds, as the server would say. */
export function now() {
  return Date.now() + (Number.isFinite(least) ? (least + most) / 2 : 0);
}
