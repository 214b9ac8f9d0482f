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

/** Saves a `Session` returned by the API. Calls the listeners if the user has changed. */
export function saveSession({ accessToken, refreshToken, user }) {
  const previousUsername = currentSession()?.user.username;
  localStorage.setItem(KEY, JSON.stringify({ accessToken, refreshToken, user }));
  if (user.username !== previousUsername) notifyListeners();
}

/** Removes the session, and calls the listeners if there was one. */
export function clearSession() {
  if (!currentSession()) return;
  localStorage.removeItem(KEY);
  notifyListeners();
}

/** Registers `listener`, which is called after each login and logout in this tab or another. */
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

/** Runs `task` when no other tab is running one, and returns its promise.
 *
 * A refresh token works once; using it twice ends the session.
 */
export function withSessionLock(task) {
  if (navigator.locks) return navigator.locks.request(KEY, task);
  // Locks are available only on HTTPS pages and on localhost. On other pages, only tasks of this tab wait for each other.
  lastTask = lastTask.then(task, task);
  return lastTask;
}
