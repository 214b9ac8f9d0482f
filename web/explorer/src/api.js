// Calls the API over HTTP as the current user.

import * as knownValues from "./known_values.js";
import * as session from "./session.js";

// The API has the same URL as this page.
export const ENDPOINT = new URL(location.pathname, location.href);

const REFRESH = `mutation ($token: String!) {
  refreshToken(input: { refreshToken: $token }) {
    ... on Session { accessToken refreshToken user { username } }
  }
}`;
const LOG_OUT = "mutation { logout(input: {}) { __typename } }";

/** Returns the response. Saves the session that a login returns, and replaces an expired access token.
 *
 * `userHeaders` are the headers that the user has written in the Headers editor. A query can always be sent again.
 */
export async function request(parameters, userHeaders, { isQuery = false } = {}) {
  const token = session.current()?.accessToken;
  const headers = mergeHeaders(userHeaders);
  const usesSession = token && headers.get("Authorization") === bearer(token);
  let response = await post(parameters, headers);
  if (usesSession && hasCode(response, "TOKEN_EXPIRED")) {
    await refresh(token);
    if (isQuery || hadNoEffect(response)) {
      response = await post(parameters, mergeHeaders(userHeaders));
    }
  } else if (usesSession && hasCode(response, "UNAUTHENTICATED")) {
    session.save(null);
  }
  learn(response.data ?? {});
  return response;
}

export async function logOut() {
  try {
    await post({ query: LOG_OUT }, mergeHeaders());
  } finally {
    session.save(null);
  }
}

/** Returns the headers of a request with the current access token. `userHeaders` take precedence. */
export function mergeHeaders(userHeaders) {
  const headers = new Headers({ Accept: "application/json", "Content-Type": "application/json" });
  const token = session.current()?.accessToken;
  if (token) {
    headers.set("Authorization", bearer(token));
  }
  for (const [name, value] of Object.entries(userHeaders ?? {})) {
    headers.set(name, value);
  }
  return headers;
}

let refreshing = null;

/** Replaces the access token `expired`. Concurrent calls share one refresh. If it is refused, the session ends. */
export async function refresh(expired) {
  if (!expired || session.current()?.accessToken !== expired) {
    return;
  }
  refreshing ??= refreshSession(session.current().refreshToken).finally(() => (refreshing = null));
  session.save(await refreshing);
}

async function refreshSession(refreshToken) {
  const headers = new Headers({ "Content-Type": "application/json" });
  const response = await post({ query: REFRESH, variables: { token: refreshToken ?? "" } }, headers);
  const next = response.data?.refreshToken;
  return next?.accessToken ? next : null;
}

async function post(parameters, headers) {
  const body = JSON.stringify(parameters);
  const response = await fetch(ENDPOINT, { method: "POST", headers, body, credentials: "omit" });
  return response.json();
}

/** Saves a new session, ends the session after a logout, and saves values for other tabs. */
function learn(data) {
  for (const value of Object.values(data)) {
    if (value?.accessToken) {
      session.save(value);
    } else if (value?.everywhere !== undefined) {
      session.save(null);
    }
  }
  knownValues.learn(data);
}

const bearer = (token) => `Bearer ${token}`;

const hasCode = (response, code) => response.errors?.some((error) => error.extensions?.code === code);

const hadNoEffect = (response) => Object.values(response.data ?? {}).every((value) => value === null);
