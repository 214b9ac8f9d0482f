// The session of this window. It is stored until the window is closed. It is not a cookie, which browsers would send
// automatically.

const KEY = "explorer:session";

const listeners = new Set();
let session = JSON.parse(sessionStorage.getItem(KEY));

/** The last `Session` that the API returned, or null if nobody is logged in. */
export const current = () => session;

/** Saves a `Session`; `null` deletes it. */
export function save(next) {
  session = next;
  if (next) {
    sessionStorage.setItem(KEY, JSON.stringify(next));
  } else {
    sessionStorage.removeItem(KEY);
  }
  listeners.forEach((listener) => listener());
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
