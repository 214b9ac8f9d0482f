// GraphQL over HTTP with a bearer token. An expired token is replaced.

import { REFRESH } from "./operations.js";
import { findRefreshedSession, saveRefreshedSession } from "./refreshed_session.js";
import { syncClock } from "./server_clock.js";
import { clearSession, currentSession, saveSession, withSessionLock } from "./session.js";

export const ENDPOINT = "/graphql";

// The server responds within 30 seconds.
const REQUEST_TIMEOUT = 35_000;

/** The server responded with an error; `code` is one of the codes in docs/api.md. */
export class ApiError extends Error {
  constructor({ message, extensions = {} }) {
    // The API's own message is for developers.
    super(extensions.code === "UNAUTHENTICATED" ? "You have been logged out. Log in again." : message);
    this.code = extensions.code;
    this.retryAfterMs = extensions.retryAfterMs;
    this.requestId = extensions.requestId;
  }
}

/** No response was received, so it is unknown whether the request took effect. */
export class Unreachable extends Error {
  constructor() {
    super("We can’t reach the server right now.");
    this.code = "UNREACHABLE";
  }
}

/** Whether the same request may succeed later. */
export function isTemporary(error) {
  return error instanceof Unreachable || error.code === "SERVICE_UNAVAILABLE";
}

/** Returns the `data` of the response. Throws ApiError or Unreachable. */
export async function request(document, variables = {}) {
  const session = currentSession();
  try {
    return await post(document, variables, session?.accessToken);
  } catch (error) {
    if (!session || !["TOKEN_EXPIRED", "UNAUTHENTICATED"].includes(error.code)) throw error;
    return await post(document, variables, await refreshAccessToken(session));
  }
}

/** Returns the nodes of all pages of the connection `name` in the response. */
export async function requestAll(document, variables, name) {
  const nodes = [];
  for (let after = null; ; ) {
    const { [name]: connection } = await request(document, { ...variables, after });
    nodes.push(...connection.nodes);
    if (!connection.pageInfo.hasNextPage) return nodes;
    after = connection.pageInfo.endCursor;
  }
}

/** Like `request`, for the object with `id`. If the ID is malformed, no object has it, and the result is empty. */
export async function requestObject(document, id) {
  try {
    return await request(document, { id });
  } catch (error) {
    if (error.code !== "BAD_USER_INPUT") throw error;
    return {};
  }
}

/** Replaces the rejected access token of `session`. Returns the new one, or undefined if the session has ended. */
export function refreshAccessToken({ refreshToken }) {
  return withSessionLock(async () => {
    // Another tab has refreshed the session. Access tokens cannot show that: two from the same second are equal.
    if (currentSession()?.refreshToken !== refreshToken) return currentSession()?.accessToken;
    const next = (await findRefreshedSession(refreshToken)) ?? (await refreshSession(refreshToken));
    if (next) saveSession(next);
    else clearSession();
    return next?.accessToken;
  });
}

async function refreshSession(refreshToken) {
  const { refreshToken: result } = await post(REFRESH, { input: { refreshToken } });
  if (result.__typename === "TooManyAttempts") throw new ApiError({ message: result.message });
  if (result.__typename !== "Session") return null;
  await saveRefreshedSession(refreshToken, result);
  return result;
}

async function post(query, variables, token) {
  const sentAt = Date.now();
  const { headers, body } = await fetchJson(query, variables, token);
  syncClock(headers.get("Date"), sentAt, Date.now());
  if (body.errors) throw new ApiError(body.errors[0]);
  return body.data;
}

async function fetchJson(query, variables, token) {
  try {
    const response = await fetch(ENDPOINT, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });
    return { headers: response.headers, body: await response.json() };
  } catch {
    throw new Unreachable();
  }
}
