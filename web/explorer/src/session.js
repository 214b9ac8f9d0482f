// Who is signed in. Kept for this window until it is closed, and never in a cookie, which browsers would send by themselves.

const KEY = "explorer:session";

const listeners = new Set();
let session = JSON.parse(sessionStorage.getItem(KEY));

/** The last `Session` the API gave; null when nobody is signed in. */
export const current = () => session;

/** `null` forgets who is signed in. */
export function keep(next) {
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
