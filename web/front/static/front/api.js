// GraphQL over HTTP: one address, a bearer token, and a new one when it has run out.

import { learn } from "./clock.js";
import { REFRESH } from "./documents.js";
import { alone, current, forget, keep } from "./session.js";

export const ADDRESS = "/graphql";

// The server lets nobody wait for longer than half a minute.
const PATIENCE = 35_000;

/** The server's answer was an error; `code` is one of docs/api.md. */
export class ApiError extends Error {
  constructor({ message, extensions = {} }) {
    super(message);
    this.code = extensions.code;
    this.retryAfterMs = extensions.retryAfterMs;
    this.requestId = extensions.requestId;
  }
}

/** There was no answer, so nobody knows whether what was asked for has been done. */
export class Unreachable extends Error {
  constructor() {
    super("The cinema cannot be reached at the moment.");
    this.code = "UNREACHABLE";
  }
}

/** Whether the same call may well succeed a little later. */
export function isPassing(error) {
  return error instanceof Unreachable || error.code === "SERVICE_UNAVAILABLE";
}

/** The data of an answer. Throws ApiError or Unreachable. */
export async function ask(document, variables = {}) {
  const token = current()?.accessToken;
  try {
    return await post(document, variables, token);
  } catch (error) {
    if (!token || !["TOKEN_EXPIRED", "UNAUTHENTICATED"].includes(error.code)) throw error;
    return await post(document, variables, await freshToken(token));
  }
}

/** An access token other than `used`, which is good no longer; undefined when the session is over. */
export function freshToken(used) {
  return alone(async () => {
    const session = current();
    // Another tab was faster.
    if (session?.accessToken !== used) return session?.accessToken;
    const { refreshToken: result } = await post(REFRESH, { input: { refreshToken: session.refreshToken } });
    if (result.__typename === "TooManyAttempts") throw new ApiError({ message: result.message });
    if (result.__typename === "Session") keep(result);
    else forget();
    return current()?.accessToken;
  });
}

async function post(query, variables, token) {
  const asked = Date.now();
  const { headers, answer } = await exchanged(query, variables, token);
  learn(headers.get("Date"), asked, Date.now());
  if (answer.errors) throw new ApiError(answer.errors[0]);
  return answer.data;
}

async function exchanged(query, variables, token) {
  try {
    const response = await fetch(ADDRESS, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { headers: response.headers, answer: await response.json() };
  } catch {
    throw new Unreachable();
  }
}
