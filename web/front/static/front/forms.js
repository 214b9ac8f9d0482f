// Forms whose fields are the input of a mutation, and buttons that send a request.

import { request } from "./api.js";
import { h } from "./dom.js";

/** The field for a new password, for forms of users who have one. */
export const NEW_PASSWORD = {
  name: "newPassword",
  label: "New password",
  type: "password",
  autocomplete: "new-password",
  hint: "At least 8 characters.",
};

/** Returns a form that sends its fields as the `input` of the only mutation in `document`.
 *
 * `fields` are { name, label }, optionally `hint`, and further attributes of the input element. All are required. `input` has values that
 * the user does not enter. `onSuccess` receives a result of the type `success`. The message of any other result, and of
 * an error, is shown in the form, beside its field if it has one, and `onProblem` receives it.
 */
export function mutationForm(options) {
  const { document, fields, submitLabel, success, onSuccess, onProblem, input = {} } = options;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const inputs = new Map(fields.map((field) => [field.name, drawField(field)]));
  const submit = h("button", { class: "primary wide" }, submitLabel);
  const form = h("form", { novalidate: true }, ...[...inputs.values()].map(({ row }) => row), problem, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === "true") return;
    const empty = fields.filter(({ name }) => !inputs.get(name).field.value);
    if (empty.length) {
      const problems = empty.map(({ name }) => ({ field: name, message: "This field is required." }));
      showProblem({ fields: problems }, inputs, problem);
      focusInvalid(inputs);
      return;
    }
    submit.ariaDisabled = "true";
    const result = await send(document, { ...input, ...Object.fromEntries(new FormData(form)) });
    submit.ariaDisabled = "false";
    if (result.__typename === success) {
      showProblem({ message: "" }, inputs, problem);
      onSuccess(result);
    } else {
      showProblem(result, inputs, problem);
      focusInvalid(inputs);
      onProblem?.(result);
    }
  });
  return form;
}

/** Returns a button that waits for `run()`: until then, it looks disabled and ignores clicks, but keeps the focus. */
export function requestButton(label, run, attributes = {}) {
  const onclick = async () => {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    try {
      await run();
    } finally {
      button.ariaDisabled = "false";
    }
  };
  const button = h("button", { type: "button", onclick, ...attributes }, label);
  return button;
}

/** Sends a mutation and returns its result. If there is none, returns the `message` of the error. */
export async function send(document, input) {
  try {
    const [result] = Object.values(await request(document, { input }));
    return result;
  } catch (error) {
    return { message: error.message };
  }
}

let lastField = 0;

function drawField({ name, label, hint, ...attributes }) {
  // A page and a dialog can have fields with the same name.
  lastField += 1;
  const [id, hintId, problemId] = ["field", "hint", "problem"].map((part) => `${part}-${lastField}`);
  const describedBy = hint ? `${hintId} ${problemId}` : problemId;
  const field = h("input", { id, name, required: true, "aria-describedby": describedBy, ...attributes });
  const hintText = hint ? h("p", { id: hintId, class: "muted" }, hint) : null;
  const problem = h("p", { id: problemId, class: "problem" });
  return { field, problem, row: h("div", { class: "field" }, h("label", { for: id }, label), field, hintText, problem) };
}

/** Shows each message beside its field, or the general message if no field is named. */
function showProblem({ message, fields = [] }, inputs, general) {
  for (const [name, { field, problem }] of inputs) {
    problem.textContent = fields
      .filter((fieldError) => fieldError.field === name)
      .map((fieldError) => fieldError.message)
      .join(" ");
    field.ariaInvalid = problem.textContent ? "true" : "false";
  }
  const isBesideFields = [...inputs.values()].some(({ problem }) => problem.textContent);
  general.textContent = isBesideFields ? "" : message;
  general.hidden = !general.textContent;
}

/** Focuses the first invalid field. If no field is invalid, focuses the last one. */
function focusInvalid(inputs) {
  const fields = [...inputs.values()].map(({ field }) => field);
  (fields.find(({ ariaInvalid }) => ariaInvalid === "true") ?? fields.at(-1))?.focus();
}
