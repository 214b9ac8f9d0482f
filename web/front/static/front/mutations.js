// Sends mutations. Each is retried with the same idempotency key until its result is known, so it takes effect once.

import { isTemporary, request } from "./api.js";

const RETRY_DEADLINE = 60_000;

/** Returns the result of the only mutation in `document`, whose variable is `input`.
 *
 * While the server is busy or cannot be reached, the mutation is retried with the same idempotencyKey. If an earlier
 * attempt took effect, the server returns its result. Before each retry, `onRetry` is called with a message for the
 * user. After a minute, the last result is returned or the last error is thrown; earlier if `isWanted()` has become
 * false, because the user does not want the change any more.
 */
export async function mutate(document, input, onRetry = () => {}, isWanted = () => true) {
  const variables = { input: { ...input, idempotencyKey: newKey() } };
  const deadline = Date.now() + RETRY_DEADLINE;
  for (let attempt = 0; ; attempt += 1) {
    const { result, error } = await send(document, variables);
    if (result && result.__typename !== "Busy") return result;
    const delay = (result ?? error).retryAfterMs ?? Math.min(500 * 2 ** attempt, 5_000);
    if (Date.now() + delay < deadline && isWanted()) {
      onRetry(result ? "It’s busy right now. Trying again…" : "No connection. Trying again…");
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (isWanted()) continue;
    }
    if (result) return result;
    throw error;
  }
}

async function send(document, variables) {
  try {
    const [result] = Object.values(await request(document, variables));
    return { result };
  } catch (error) {
    if (!isTemporary(error)) throw error;
    return { error };
  }
}

// crypto.randomUUID is available only on HTTPS pages and on localhost.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
