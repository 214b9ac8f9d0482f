// The session of this browser. It is stored in localStorage, which only pages of this origin can read.

const KEY = "front.session";
const listeners = new Set();

/** Returns { accessToken, refreshToken, user: { username } }, or null if nobody is logged in. */
export function currentSession() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Saves a `Session` that the API returned. */
export function saveSession({ accessToken, refreshToken, user }) {
  const previousUsername = currentSession()?.user.username;
  localStorage.setItem(KEY, JSON.stringify({ accessToken, refreshToken, user }));
  if (user.username !== previousUsername) notifyListeners();
}

export function clearSession() {
  if (!currentSession()) return;
  localStorage.removeItem(KEY);
  notifyListeners();
}

/** Calls `listener` after each login and logout, in this tab or another. */
export function onSessionChange(listener) {
  listeners.add(listener);
}

function notifyListeners() {
  for (const listener of listeners) listener();
}

addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  const [before, after] = [event.oldValue, event.newValue].map((value) => value && JSON.parse(value).user.username);
  if (before !== after) notifyListeners();
});

let lastTask = Promise.resolve();

/** Runs `task` while no other tab runs one. A refresh token works once; using it twice ends the session. */
export function withSessionLock(task) {
  if (navigator.locks) return navigator.locks.request(KEY, task);
  // Locks exist on HTTPS pages and on localhost only. On other pages, tasks of this tab wait for each other.
  lastTask = lastTask.then(task, task);
  return lastTask;
}
