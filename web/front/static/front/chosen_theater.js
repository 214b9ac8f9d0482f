// The theater that was selected last on the schedule. This browser remembers it.

const KEY = "front.theater";

export function chooseTheater({ id }) {
  localStorage.setItem(KEY, id);
}

/** Returns the ID of the theater, or null. */
export function chosenTheaterId() {
  return localStorage.getItem(KEY);
}
