// The last session, for the other tabs. What one tab writes into localStorage another may read only a moment later, and
// by then it may have used a refresh token a second time, which ends the session. IndexedDB has one order for all tabs.

const NAME = "front";
const STORE = "handover";

/** Says what has taken the place of the session with the refresh token `used`. */
export function handOver(used, session) {
  return run("readwrite", (store) => store.put({ used, session }, STORE));
}

/** What has taken the place of the session with the refresh token `used`, if anything has. */
export async function successorOf(used) {
  const last = await run("readonly", (store) => store.get(STORE));
  return last?.used === used ? last.session : null;
}

/** Leaves nothing behind of somebody who has logged out. */
export function clear() {
  return run("readwrite", (store) => store.clear());
}

// A browser that keeps nothing for the page leaves each tab to itself.
function run(mode, request) {
  return transacted(mode, request).catch(() => undefined);
}

async function transacted(mode, request) {
  const database = await opened();
  const transaction = database.transaction(STORE, mode);
  const asked = request(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  }).finally(() => database.close());
}

function opened() {
  const request = indexedDB.open(NAME, 1);
  return new Promise((resolve, reject) => {
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
