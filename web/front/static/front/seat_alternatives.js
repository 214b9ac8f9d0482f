// Finds seats to suggest when a selected one is taken. Seats that were side by side are replaced by seats side by side,
// and seats that are sold only together (a unit: a love seat or a table) are suggested only together.

/** Returns the labels of a selection that replaces `selected`, of which `taken` are no longer available.
 *
 * `seats` are all seats of the show, with `rowIndex`, `column`, `category`, `unit` and `status`. Returns an empty array if
 * there are too few available seats.
 */
export function findAlternatives(seats, selected, taken) {
  const groups = groupsOf(seats.filter(({ label }) => selected.includes(label)));
  const [broken, whole] = partition(groups, (group) => group.some(({ label }) => taken.includes(label)));
  const free = new Set(seats.filter(({ status }) => status === "AVAILABLE"));
  for (const seat of whole.flat()) free.delete(seat);
  const found = [];
  for (const group of broken) {
    const replacement = nearestBlock([...free], group) ?? nearestSeats([...free], group);
    if (!replacement) return [];
    for (const seat of replacement) free.delete(seat);
    found.push(...replacement);
  }
  return inOrder([...whole.flat(), ...found]).map(({ label }) => label);
}

/** Divides seats into groups that are side by side. */
function groupsOf(seats) {
  const groups = [];
  for (const seat of inOrder(seats)) {
    const last = groups.at(-1)?.at(-1);
    if (last && last.rowIndex === seat.rowIndex && last.column + 1 === seat.column) groups.at(-1).push(seat);
    else groups.push([seat]);
  }
  return groups;
}

/** As many seats side by side as in `group`, if there are any: of the same kinds if possible, then the nearest. */
function nearestBlock(free, group) {
  const blocks = groupsOf(free).flatMap((run) =>
    run.slice(group.length - 1).map((_, start) => run.slice(start, start + group.length)),
  );
  const unitSizes = sizesOfUnits(free);
  const suitable = blocks.filter((block) => hasSameAccess(block, group) && hasWholeUnits(block, unitSizes));
  return minimum(suitable, (block) => 1000 * differences(block, group) + blockDistance(block, group));
}

/** The seats of `group`, with the nearest seat of its category for each of those that are not free.
 *
 * None of them is part of a unit: whole units that fit are blocks.
 */
function nearestSeats(free, group) {
  const remaining = new Set(free.filter((seat) => !group.includes(seat)));
  const result = [];
  for (const seat of group) {
    const isSuitable = (each) => each.category === seat.category && !each.unit;
    const candidates = free.includes(seat) ? [seat] : [...remaining].filter(isSuitable);
    const nearest = minimum(candidates, (each) => distance(each, seat));
    if (!nearest) return null;
    remaining.delete(nearest);
    result.push(nearest);
  }
  return result;
}

/** Whether the block has as many wheelchair spaces as the group, and no more companion seats. */
function hasSameAccess(block, group) {
  const [spaces, companions] = ["WHEELCHAIR", "COMPANION"].map((category) => [block, group].map(counter(category)));
  return spaces[0] === spaces[1] && companions[0] <= companions[1];
}

/** How many seats of each unit there are in `seats`. Units are taken as a whole, so these are all of their seats. */
function sizesOfUnits(seats) {
  const sizes = new Map();
  for (const { unit } of seats) if (unit) sizes.set(unit, (sizes.get(unit) ?? 0) + 1);
  return sizes;
}

function hasWholeUnits(block, unitSizes) {
  return [...sizesOfUnits(block)].every(([unit, size]) => size === unitSizes.get(unit));
}

/** How many seats of the block differ from the group: in their category, or in whether they belong to a unit. */
function differences(block, group) {
  const categories = [...new Set(block.map(({ category }) => category))];
  const extra = categories.map((category) => counter(category)(block) - counter(category)(group));
  const inUnits = (seats) => seats.filter(({ unit }) => unit).length;
  const more = extra.filter((count) => count > 0).reduce((sum, count) => sum + count, 0);
  return more + Math.abs(inUnits(block) - inUnits(group));
}

function counter(wanted) {
  return (seats) => seats.filter(({ category }) => category === wanted).length;
}

function blockDistance(block, group) {
  return distance(block[0], group[0]) + distance(block.at(-1), group.at(-1));
}

/** The distance in seats. A row counts as two seats. */
export function distance(one, other) {
  return Math.hypot(one.column - other.column, 2 * (one.rowIndex - other.rowIndex));
}

function inOrder(seats) {
  return seats.toSorted((a, b) => a.rowIndex - b.rowIndex || a.column - b.column);
}

function minimum(items, cost) {
  return items.reduce((best, item) => (best === null || cost(item) < cost(best) ? item : best), null);
}

function partition(items, test) {
  return [items.filter(test), items.filter((item) => !test(item))];
}
