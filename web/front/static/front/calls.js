// Calls that change something: sent again until the answer is known, under one name, so that none is done twice.

import { ask, isPassing } from "./api.js";

const PATIENCE = 60_000;

/** The result of the one mutation in `document`, which takes `input`.
 *
 * While the server cannot be reached or is busy, `onWait` is called with words for it, and the same call is sent again
 * with the same idempotencyKey: if it was done the first time, the answer is what it did then.
 */
export async function perform(document, input, onWait = () => {}) {
  const variables = { input: { ...input, idempotencyKey: newKey() } };
  const until = Date.now() + PATIENCE;
  for (let attempt = 0; ; attempt += 1) {
    const { result, problem } = await tried(document, variables);
    if (result && result.__typename !== "Busy") return result;
    const pause = (result ?? problem).retryAfterMs ?? Math.min(500 * 2 ** attempt, 5_000);
    if (Date.now() + pause > until) {
      if (result) return result;
      throw problem;
    }
    onWait(result ? "Many people want the same. Trying again …" : "No connection. Trying again …");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function tried(document, variables) {
  try {
    const [result] = Object.values(await ask(document, variables));
    return { result };
  } catch (problem) {
    if (!isPassing(problem)) throw problem;
    return { problem };
  }
}

// randomUUID is for pages that came by HTTPS or from this machine.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
