// Shares the last refreshed session with other tabs through IndexedDB. A write to localStorage may reach another tab
// late. That tab could then use a refresh token a second time, which ends the session. IndexedDB transactions have one
// order in all tabs.

const DATABASE = "front.session";
const STORE = "refreshed";
const RECORD = "last";

/** Saves the session that replaced the one with `usedRefreshToken`. */
export function saveRefreshedSession(usedRefreshToken, session) {
  return run("readwrite", (store) => store.put({ usedRefreshToken, session }, RECORD));
}

/** Returns the session that replaced the one with `usedRefreshToken`, or null. */
export async function findRefreshedSession(usedRefreshToken) {
  const last = await run("readonly", (store) => store.get(RECORD));
  return last?.usedRefreshToken === usedRefreshToken ? last.session : null;
}

/** Deletes the saved session; called on logout. */
export function clearRefreshedSession() {
  return run("readwrite", (store) => store.clear());
}

// If the browser has no storage for the page, tabs do not share sessions.
function run(mode, operation) {
  return runTransaction(mode, operation).catch(() => undefined);
}

async function runTransaction(mode, operation) {
  const database = await openDatabase();
  const transaction = database.transaction(STORE, mode);
  const request = operation(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  }).finally(() => database.close());
}

function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  return new Promise((resolve, reject) => {
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
