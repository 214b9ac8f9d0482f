// Prints what the front page suggests instead of taken seats, as JSON. The arguments are a copy of seat_alternatives.js,
// and the cases: { rows, selected, taken }. In a row, S, P, W and C are available seats, x is taken, and _ is an aisle.
// Seats in parentheses are a unit.

const { findAlternatives } = await import(process.argv[2]);

const CATEGORIES = { S: "STANDARD", P: "PREMIUM", W: "WHEELCHAIR", C: "COMPANION" };

function seatsOf(rows) {
  return rows.flatMap((letters, rowIndex) => {
    let [column, number, unit] = [0, 0, null];
    return [...letters].flatMap((letter, index) => {
      if ("()".includes(letter)) {
        unit = letter === "(" ? `${rowIndex}-${index}` : null;
        return [];
      }
      column += 1;
      if (letter === "_") return [];
      number += 1;
      const label = "ABCDEFGH"[rowIndex] + number;
      const status = letter === "x" ? "BOOKED" : "AVAILABLE";
      return [{ label, rowIndex, column, category: CATEGORIES[letter] ?? "STANDARD", unit, status }];
    });
  });
}

const cases = JSON.parse(process.argv[3]);
console.log(JSON.stringify(cases.map(({ rows, selected, taken }) => findAlternatives(seatsOf(rows), selected, taken))));
