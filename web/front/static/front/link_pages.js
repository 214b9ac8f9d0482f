// The pages that links in emails lead to: verifying an email address, and setting a new password.

import { logIn } from "./account.js";
import { request } from "./api.js";
import { h } from "./dom.js";
import { forgetLinkToken, isLinkDone, linkToken } from "./email_links.js";
import { resendLink } from "./email_verification.js";
import { NEW_PASSWORD, mutationForm, requestButton, send } from "./forms.js";
import { ME, RESET_PASSWORD, VERIFY_EMAIL } from "./operations.js";
import { resetRequest } from "./password_reset_request.js";
import { currentSession, saveSession } from "./session.js";

const EXPIRED = "This link is no longer valid";
const VERIFIED = "Your email address is verified";
const CHANGED = "Your password has been changed";
const EXPIRED_REASON = "It has expired, or it has been used before.";

/** Shows the page that verifies an email address, of a new account or a changed one. */
export async function verifyEmailPage(main) {
  if (isLinkDone()) return showDone(main, VERIFIED);
  const title = "Verify your email address";
  if (linkToken()) {
    show(main, title, h("p", {}, "Please verify that this is your email address."), verifyButton(main));
  } else {
    await showInvalidVerification(main, title, "Open the link in your email to verify your address.");
  }
  return { title };
}

/** Shows the page with the form for a new password. Without a token, the page has the form to request a link. */
export async function resetPasswordPage(main) {
  if (isLinkDone()) return showDone(main, CHANGED);
  const title = "Set a new password";
  if (!linkToken()) {
    show(main, "Reset your password", resetRequest());
    return { title: "Reset your password" };
  }
  const form = mutationForm({
    document: RESET_PASSWORD,
    input: { token: linkToken() },
    fields: [NEW_PASSWORD],
    submitLabel: "Set password",
    success: "Session",
    onSuccess: (session) => {
      forgetLinkToken({ isDone: true });
      saveSession(session);
      const message = `You are logged in as ${session.user.username}. You have been logged out everywhere else.`;
      showResult(main, CHANGED, h("p", {}, message), nextLinks());
    },
    onProblem: (problem) => problem.__typename === "LinkNotGood" && showExpiredReset(main),
  });
  show(main, title, form);
  return { title };
}

// The address is verified with a button, because programs that check emails open their links.
function verifyButton(main) {
  const problem = h("p", { class: "problem", role: "alert" });
  const verify = async () => {
    const result = await send(VERIFY_EMAIL, { token: linkToken() });
    if (result.__typename === "User") {
      forgetLinkToken({ isDone: true });
      showResult(main, VERIFIED, h("p", {}, result.email), nextLinks());
    } else if (result.__typename === "LinkNotGood") {
      forgetLinkToken();
      await showInvalidVerification(main, EXPIRED, EXPIRED_REASON);
      main.querySelector("h1").focus();
    } else {
      problem.textContent = result.message;
    }
  };
  const button = requestButton("Verify email address", verify, { class: "primary" });
  return h("div", { class: "stack" }, problem, button);
}

/** Shows that there is no valid link, and how to get one. It depends on the state of the account. */
async function showInvalidVerification(main, title, reason) {
  const { me } = currentSession() ? await request(ME).catch(() => ({ me: null })) : { me: null };
  const draw = (...content) => show(main, title, h("p", {}, reason), ...content);
  if (!me) {
    const retry = async () => (await logIn()) && showInvalidVerification(main, title, reason);
    draw(h("button", { type: "button", class: "primary", onclick: retry }, "Log in to get a new link"));
  } else if (me.newEmail || !me.emailVerified) {
    const email = me.newEmail ?? me.email;
    const redraw = async () => {
      await showInvalidVerification(main, title, reason);
      main.querySelector("h1").focus();
    };
    draw(h("p", {}, `Your email address ${email} is not verified yet.`), resendLink(email, redraw));
  } else {
    show(main, VERIFIED, h("p", {}, me.email), nextLinks());
  }
}

function showExpiredReset(main) {
  forgetLinkToken();
  const advice = h("p", {}, `${EXPIRED_REASON} If you have already set a new password, log in with it.`);
  showResult(main, EXPIRED, advice, resetRequest());
}

/** Shows what the link has done, without the name of the user, who may have left this browser. */
function showDone(main, title) {
  show(main, title, nextLinks());
  return { title };
}

function nextLinks() {
  const links = [h("a", { href: "#/" }, "See what’s on"), h("a", { href: "#/account" }, "Go to your account")];
  return h("p", { class: "next-links" }, ...links);
}

function show(main, title, ...content) {
  main.replaceChildren(h("div", { class: "narrow stack" }, h("h1", { tabindex: "-1" }, title), ...content));
}

function showResult(main, title, ...content) {
  show(main, title, ...content);
  main.querySelector("h1").focus();
}
