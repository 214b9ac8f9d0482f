// Login, signup and logout.

import { request } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { mutationForm } from "./forms.js";
import { LOG_IN, LOG_OUT, SIGN_UP } from "./operations.js";
import { isEmail, openResetDialog } from "./password_reset_request.js";
import { clearRefreshedSession } from "./refreshed_session.js";
import { clearSession, currentSession, saveSession } from "./session.js";

// Phones would begin the name with a capital letter, or correct it.
const AS_TYPED = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };

const FORMS = {
  login: {
    isLogin: true,
    title: "Log in",
    document: LOG_IN,
    fields: [
      { name: "username", label: "Username or email address", autocomplete: "username", ...AS_TYPED },
      { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
    ],
    other: { form: "signup", question: "Don’t have an account?", label: "Sign up" },
  },
  signup: {
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
 * `reason` is shown above the login form. `name` is the username or email address that the form begins with.
 */
export async function logIn({ form = "login", reason = "", name = "" } = {}) {
  if (currentSession()) return true;
  const shownReason = form === "login" ? reason : reason.replace(/^Log in/, "Sign up");
  // What the user has typed here is not lost in the next dialog.
  let typed = "";
  const leave = (text) => (typed = text);
  const draw = (close) => drawForm(FORMS[form], { reason: shownReason, name, leave, close });
  const result = await openDialog(FORMS[form].title, draw);
  if (result === "signup" || result === "login") return logIn({ form: result, reason, name: typed });
  if (result === "forgot") await openResetDialog(typed);
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

function drawForm({ isLogin, title, document, fields, other }, { reason, name, leave, close }) {
  const nameField = !isLogin && isEmail(name) ? "email" : "username";
  const form = mutationForm({
    document,
    fields: fields.map((field) => (field.name === nameField ? { ...field, value: name } : field)),
    submitLabel: title,
    success: "Session",
    onSuccess: (session) => {
      saveSession(session);
      close("done");
      announce(`Welcome, ${session.user.username}.`);
    },
  });
  const link = (label, value) => {
    const onclick = () => {
      const { username, email = "" } = Object.fromEntries(new FormData(form));
      leave(username || email);
      close(value);
    };
    return h("button", { type: "button", class: "link", onclick }, label);
  };
  return [
    reason ? h("p", {}, reason) : null,
    form,
    isLogin ? h("p", {}, link("Forgot your password?", "forgot")) : null,
    h("p", { class: "muted" }, `${other.question} `, link(other.label, other.form)),
  ].filter(Boolean);
}
