// Who is signed in on this device: kept in the browser's own storage, which only pages of this origin can read.

const KEY = "front.session";
const listeners = new Set();

/** { accessToken, refreshToken, user: { username } }, or null when nobody is signed in. */
export function current() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Keeps the tokens of a Session that the API gave. */
export function keep({ accessToken, refreshToken, user }) {
  const before = current()?.user.username;
  localStorage.setItem(KEY, JSON.stringify({ accessToken, refreshToken, user }));
  if (user.username !== before) tell();
}

export function forget() {
  if (!current()) return;
  localStorage.removeItem(KEY);
  tell();
}

/** Calls `listener` when somebody has signed in or out, in this tab or another. */
export function onChange(listener) {
  listeners.add(listener);
}

function tell() {
  for (const listener of listeners) listener();
}

addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  const names = [event.oldValue, event.newValue].map((value) => value && JSON.parse(value).user.username);
  if (names[0] !== names[1]) tell();
});

let last = Promise.resolve();

/** Runs `task` when no other tab is running one: a refresh token is good once, and using it twice ends the session. */
export function alone(task) {
  if (navigator.locks) return navigator.locks.request(KEY, task);
  // Browsers have locks where the page came by HTTPS or from this machine; elsewhere one tab cannot know of another.
  last = last.then(task, task);
  return last;
}
