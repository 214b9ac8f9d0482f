// GraphQL over HTTP: one address, a bearer token, and a new one when it has run out.

import { learn } from "./clock.js";
import { REFRESH } from "./documents.js";
import { handOver, successorOf } from "./handover.js";
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
  const session = current();
  try {
    return await post(document, variables, session?.accessToken);
  } catch (error) {
    if (!session || !["TOKEN_EXPIRED", "UNAUTHENTICATED"].includes(error.code)) throw error;
    return await post(document, variables, await freshToken(session));
  }
}

/** A new access token in place of that of `session`, which is good no longer; undefined when the session is over. */
export function freshToken({ refreshToken }) {
  return alone(async () => {
    // Another tab was faster. Access tokens do not tell: two that are made in one second are the same.
    if (current()?.refreshToken !== refreshToken) return current()?.accessToken;
    const next = (await successorOf(refreshToken)) ?? (await traded(refreshToken));
    if (next) keep(next);
    else forget();
    return next?.accessToken;
  });
}

async function traded(refreshToken) {
  const { refreshToken: result } = await post(REFRESH, { input: { refreshToken } });
  if (result.__typename === "TooManyAttempts") throw new ApiError({ message: result.message });
  if (result.__typename !== "Session") return null;
  await handOver(refreshToken, result);
  return result;
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
