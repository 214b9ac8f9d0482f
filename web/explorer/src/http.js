// The API over HTTP, asked as whoever is signed in on this page.

import * as found from "./found.js";
import * as session from "./session.js";

// This page has the API's own address.
export const ADDRESS = new URL(location.pathname, location.href);

const REFRESH = `mutation ($token: String!) {
  refreshToken(input: { refreshToken: $token }) {
    ... on Session { accessToken refreshToken user { username } }
  }
}`;
const LOG_OUT = "mutation { logout(input: {}) { __typename } }";

/** The answer. Who has signed in by it is signed in here, and an access token that has run out is replaced. */
export async function ask(request, byHand) {
  const token = session.current()?.accessToken;
  const headers = headersWith(byHand);
  const isOurs = token && headers.get("Authorization") === bearer(token);
  let answer = await post(request, headers);
  if (isOurs && hasCode(answer, "TOKEN_EXPIRED")) {
    await refresh(token);
    if (nothingWasDone(answer)) {
      answer = await post(request, headersWith(byHand));
    }
  } else if (isOurs && hasCode(answer, "UNAUTHENTICATED")) {
    session.keep(null);
  }
  learn(answer.data ?? {});
  return answer;
}

export async function signOut() {
  try {
    await post({ query: LOG_OUT }, headersWith());
  } finally {
    session.keep(null);
  }
}

/** Headers that say who is signed in; those written by hand win. */
export function headersWith(byHand) {
  const headers = new Headers({ Accept: "application/json", "Content-Type": "application/json" });
  const token = session.current()?.accessToken;
  if (token) {
    headers.set("Authorization", bearer(token));
  }
  for (const [name, value] of Object.entries(byHand ?? {})) {
    headers.set(name, value);
  }
  return headers;
}

let trade = null;

/** Trades the refresh token, once, however many have been told that `expired` has run out. Signs out if it is no good. */
export async function refresh(expired) {
  if (!expired || session.current()?.accessToken !== expired) {
    return;
  }
  trade ??= traded(session.current().refreshToken).finally(() => (trade = null));
  session.keep(await trade);
}

async function traded(refreshToken) {
  const headers = new Headers({ "Content-Type": "application/json" });
  const answer = await post({ query: REFRESH, variables: { token: refreshToken ?? "" } }, headers);
  const next = answer.data?.refreshToken;
  return next?.accessToken ? next : null;
}

async function post(request, headers) {
  const response = await fetch(ADDRESS, { method: "POST", headers, body: JSON.stringify(request), credentials: "omit" });
  return response.json();
}

function learn(data) {
  for (const value of Object.values(data)) {
    if (value?.accessToken) {
      session.keep(value);
    } else if (value?.everywhere !== undefined) {
      session.keep(null);
    }
  }
  found.learn(data);
}

const bearer = (token) => `Bearer ${token}`;

const hasCode = (answer, code) => answer.errors?.some((error) => error.extensions?.code === code);

const nothingWasDone = (answer) => Object.values(answer.data ?? {}).every((value) => value === null);
