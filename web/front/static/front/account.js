// Login, signup and logout.

import { request } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { LOG_IN, LOG_OUT, SIGN_UP } from "./operations.js";
import { clearRefreshedSession } from "./refreshed_session.js";
import { clearSession, currentSession, saveSession } from "./session.js";

const FORMS = {
  login: {
    title: "Log in",
    document: LOG_IN,
    fields: [
      { name: "username", label: "Username or email address", autocomplete: "username" },
      { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
    ],
    other: { form: "signup", question: "Don’t have an account?", label: "Sign up" },
  },
  signup: {
    title: "Sign up",
    document: SIGN_UP,
    fields: [
      { name: "username", label: "Username", autocomplete: "username" },
      { name: "email", label: "Email address", type: "email", autocomplete: "email" },
      { name: "password", label: "Password", type: "password", autocomplete: "new-password" },
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
  const shownReason = form === "login" ? reason : "";
  const result = await openDialog(FORMS[form].title, (close) => drawForm(FORMS[form], shownReason, close));
  if (result === "signup" || result === "login") return logIn({ form: result, reason });
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

function drawForm({ title, document, fields, other }, reason, close) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const inputs = new Map(fields.map((field) => [field.name, drawField(field)]));
  const submit = h("button", { class: "primary wide" }, title);
  const form = h("form", { novalidate: true }, ...[...inputs.values()].map(({ row }) => row), problem, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === "true") return;
    submit.ariaDisabled = "true";
    const result = await send(document, Object.fromEntries(new FormData(form)));
    submit.ariaDisabled = "false";
    if (result.__typename !== "Session") return showProblem(result, inputs, problem);
    saveSession(result);
    close("done");
    announce(`Welcome, ${result.user.username}.`);
  });
  const switchForm = h("button", { type: "button", class: "link", onclick: () => close(other.form) }, other.label);
  return [
    reason ? h("p", {}, reason) : null,
    form,
    h("p", { class: "muted" }, `${other.question} `, switchForm),
  ].filter(Boolean);
}

function drawField({ name, label, ...attributes }) {
  const field = h("input", {
    id: `field-${name}`,
    name,
    required: true,
    "aria-describedby": `problem-${name}`,
    ...attributes,
  });
  const problem = h("p", { id: `problem-${name}`, class: "problem" });
  return { field, problem, row: h("div", { class: "field" }, h("label", { for: field.id }, label), field, problem) };
}

async function send(document, values) {
  try {
    const [result] = Object.values(await request(document, { input: values }));
    return result;
  } catch (error) {
    return { message: error.message };
  }
}

/** Shows each message beside its field, or the general message if no field is named. Focuses the first invalid field. */
function showProblem({ message, fields = [] }, inputs, general) {
  for (const [name, { field, problem }] of inputs) {
    problem.textContent = fields
      .filter((fieldError) => fieldError.field === name)
      .map((fieldError) => fieldError.message)
      .join(" ");
    field.ariaInvalid = problem.textContent ? "true" : "false";
  }
  general.textContent = fields.length ? "" : message;
  general.hidden = fields.length > 0;
  const invalid = [...inputs.values()].find(({ field }) => field.ariaInvalid === "true");
  (invalid ?? [...inputs.values()].at(-1)).field.focus();
}
