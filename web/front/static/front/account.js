// Logging in, signing up, logging out.

import { ask } from "./api.js";
import { dialog } from "./dialogs.js";
import { LOG_IN, LOG_OUT, SIGN_UP } from "./documents.js";
import { announce, h } from "./dom.js";
import { clear } from "./handover.js";
import { current, forget, keep } from "./session.js";

const FORMS = {
  login: {
    title: "Log in",
    document: LOG_IN,
    fields: [
      { name: "username", label: "Username or e-mail address", autocomplete: "username" },
      { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
    ],
    other: { form: "signup", text: "New here?", label: "Sign up" },
  },
  signup: {
    title: "Sign up",
    document: SIGN_UP,
    fields: [
      { name: "username", label: "Username", autocomplete: "username" },
      { name: "email", label: "E-mail address", type: "email", autocomplete: "email" },
      { name: "password", label: "Password", type: "password", autocomplete: "new-password" },
    ],
    other: { form: "login", text: "Have an account?", label: "Log in" },
  },
};

/** Asks who it is, unless that is known; whether somebody is signed in then. `why` is said above the form. */
export async function signIn({ form = "login", why = "" } = {}) {
  if (current()) return true;
  const left = await dialog(FORMS[form].title, (close) => drawn(FORMS[form], why, close));
  if (left === "signup" || left === "login") return signIn({ form: left, why });
  // The button that was pressed may be gone.
  if (document.activeElement === document.body) document.querySelector("#account [data-fallback]")?.focus();
  return current() !== null;
}

export async function logOut() {
  // Whatever the server says to it, nobody is signed in here any more.
  await ask(LOG_OUT, { input: {} }).catch(() => undefined);
  forget();
  clear();
  announce("You are logged out.");
}

function drawn({ title, document, fields, other }, why, close) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const inputs = new Map(fields.map((field) => [field.name, input(field)]));
  const submit = h("button", { class: "primary wide" }, title);
  const form = h("form", { novalidate: true }, ...[...inputs.values()].map(({ row }) => row), problem, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === "true") return;
    submit.ariaDisabled = "true";
    const result = await sent(document, Object.fromEntries(new FormData(form)));
    submit.ariaDisabled = "false";
    if (result.__typename !== "Session") return show(result, inputs, problem);
    keep(result);
    close("done");
    announce(`Welcome, ${result.user.username}.`);
  });
  const swap = h("button", { type: "button", class: "link", onclick: () => close(other.form) }, other.label);
  return [why ? h("p", {}, why) : null, form, h("p", { class: "aside" }, `${other.text} `, swap)].filter(Boolean);
}

function input({ name, label, ...more }) {
  const field = h("input", {
    id: `field-${name}`,
    name,
    required: true,
    "aria-describedby": `problem-${name}`,
    ...more,
  });
  const problem = h("p", { id: `problem-${name}`, class: "problem" });
  return { field, problem, row: h("div", { class: "field" }, h("label", { for: field.id }, label), field, problem) };
}

async function sent(document, values) {
  try {
    const [result] = Object.values(await ask(document, { input: values }));
    return result;
  } catch (error) {
    return { message: error.message };
  }
}

function show({ message, fields = [] }, inputs, general) {
  for (const [name, { field, problem }] of inputs) {
    problem.textContent = fields
      .filter((one) => one.field === name)
      .map((one) => one.message)
      .join(" ");
    field.ariaInvalid = problem.textContent ? "true" : "false";
  }
  general.textContent = fields.length ? "" : message;
  general.hidden = fields.length > 0;
  const wrong = [...inputs.values()].find(({ field }) => field.ariaInvalid === "true");
  (wrong ?? [...inputs.values()].at(-1)).field.focus();
}
