// Login, signup and logout.

import { request } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { mutationForm } from "./forms.js";
import { LOG_IN, LOG_OUT, SIGN_UP } from "./operations.js";
import { openResetDialog } from "./password_reset_request.js";
import { clearRefreshedSession } from "./refreshed_session.js";
import { clearSession, currentSession, saveSession } from "./session.js";

// Phones would begin the name with a capital letter, or correct it.
const AS_TYPED = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };

const FORMS = {
  login: {
    name: "login",
    title: "Log in",
    document: LOG_IN,
    fields: [
      { name: "username", label: "Username or email address", autocomplete: "username", ...AS_TYPED },
      { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
    ],
    other: { form: "signup", question: "Don’t have an account?", label: "Sign up" },
  },
  signup: {
    name: "signup",
    title: "Sign up",
    document: SIGN_UP,
    fields: [
      { name: "username", label: "Username", autocomplete: "username", hint: "Without spaces.", ...AS_TYPED },
      {
        name: "email",
        label: "Email address",
        type: "email",
        autocomplete: "email",
        hint: "We send a link to verify it.",
      },
      {
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "new-password",
        hint: "At least 8 characters.",
      },
    ],
    other: { form: "login", question: "Already have an account?", label: "Log in" },
  },
};

/** Opens the login or signup dialog unless the user is logged in. Returns whether the user is logged in afterwards.
 *
 * `reason` is shown above the login form.
 */
export async function logIn({ form = "login", reason = "" } = {}) {
  if (currentSession()) return true;
  const shownReason = form === "login" ? reason : reason.replace(/^Log in/, "Sign up");
  const result = await openDialog(FORMS[form].title, (close) => drawForm(FORMS[form], shownReason, close));
  if (result === "signup" || result === "login") return logIn({ form: result, reason });
  if (result === "forgot") await openResetDialog();
  // The button that opened the dialog may have been removed.
  if (document.activeElement === document.body) document.querySelector("#account [data-focus-fallback]")?.focus();
  return currentSession() !== null;
}

export async function logOut() {
  // The user is logged out in this browser even if the server cannot be reached.
  await request(LOG_OUT, { input: {} }).catch(() => undefined);
  clearSession();
  clearRefreshedSession();
  announce("You are logged out.");
}

function drawForm({ name, title, document, fields, other }, reason, close) {
  const form = mutationForm({
    document,
    fields,
    submitLabel: title,
    success: "Session",
    onSuccess: (session) => {
      saveSession(session);
      close("done");
      announce(`Welcome, ${session.user.username}.`);
    },
  });
  const link = (label, value) => h("button", { type: "button", class: "link", onclick: () => close(value) }, label);
  return [
    reason ? h("p", {}, reason) : null,
    form,
    name === "login" ? h("p", {}, link("Forgot your password?", "forgot")) : null,
    h("p", { class: "muted" }, `${other.question} `, link(other.label, other.form)),
  ].filter(Boolean);
}
