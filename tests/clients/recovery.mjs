// What clients do without help of the program when a token has expired, and when the server is busy.

import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";

import { Session } from "./session.mjs";

/** The same access token, expired an hour ago. */
function expired(token, secret) {
  const [header, claims] = token.split(".");
  const known = JSON.parse(Buffer.from(claims, "base64url"));
  const past = { ...known, iat: known.iat - 7200, exp: known.iat - 3600 };
  const signed = `${header}.${Buffer.from(JSON.stringify(past)).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const json = (body, options = { headers: JSON_TYPE }) => new Response(JSON.stringify(body), options);
const RETRY_AFTER = { status: 503, headers: { ...JSON_TYPE, "Retry-After": "1" } };
const UNAVAILABLE = { errors: [{ message: "Busy", extensions: { code: "SERVICE_UNAVAILABLE", retryAfterMs: 1000 } }] };
const BUSY = { data: { holdSeats: { __typename: "Busy", retryAfterMs: 20, message: "Busy" } } };

/** A `fetch` that gives these responses, then those of the server. */
function interrupted(responses) {
  const sent = [];
  return {
    sent,
    fetch: async (url, options) => {
      sent.push(Date.now());
      return responses.shift() ?? fetch(url, options);
    },
  };
}

/** `create(options)` returns a client as for the flow, and `name(client)` resolves to the name of the viewer. */
export async function recover({ url, session, secret, showId, name }, create) {
  // Two requests at the same time share a refresh.
  const past = expired(session.accessToken, secret);
  session.accessToken = past;
  const client = create({ session });
  deepEqual(await Promise.all([client.viewer(), client.viewer()]), ["alice", "alice"], name);
  notEqual(session.accessToken, past, name);
  client.stop();

  const loggedOut = create({ session: new Session(url, { accessToken: past, refreshToken: "unknown" }) });
  await rejects(loggedOut.viewer(), name);
  loggedOut.stop();

  const { sent, fetch } = interrupted([json(UNAVAILABLE, RETRY_AFTER), json(UNAVAILABLE), json(BUSY)]);
  const patient = create({ session, fetch });
  const selection = { bestAvailable: { count: 1 } };
  const booking = await patient.hold({ showId, selection, idempotencyKey: randomUUID() });
  equal(booking.status, "HELD", name);
  const waited = sent.slice(1, 4).map((time, index) => time - sent[index]);
  deepEqual(waited.map((time, index) => time >= [999, 999, 19][index]), [true, true, true], `${name} waited ${waited}`);
  equal((await patient.cancel({ bookingId: booking.id })).status, "CANCELLED");
  patient.stop();
}
