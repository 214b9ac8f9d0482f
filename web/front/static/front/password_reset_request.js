// Requests an email with a link to set a new password.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { mutationForm } from "./forms.js";
import { REQUEST_PASSWORD_RESET } from "./operations.js";

/** Opens a dialog to request the email. Returns when it is closed. `name` is what the user has typed to log in. */
export function openResetDialog(name) {
  return openDialog("Reset your password", () => resetRequest(isEmail(name) ? name : ""));
}

/** Whether `name`, a username or an email address, is an address. */
export function isEmail(name) {
  return name.includes("@");
}

/** Returns an element with a form to request the email.
 *
 * The form begins with `email`. Its message does not reveal whether an account has the address.
 */
export function resetRequest(email = "") {
  const form = mutationForm({
    document: REQUEST_PASSWORD_RESET,
    fields: [{ name: "email", label: "Email address", type: "email", autocomplete: "email", value: email }],
    submitLabel: "Send a link",
    success: "MailOnItsWay",
    onSuccess: ({ email }) => {
      const message = `If an account has the address ${email}, we’ve sent a link to it.`;
      const sent = h("p", { tabindex: "-1" }, `${message} The link expires after a few hours.`);
      element.replaceChildren(sent, h("p", { class: "muted" }, "Didn’t get an email? Check your spam folder."));
      sent.focus();
    },
  });
  const element = h(
    "div",
    { class: "stack" },
    h("p", {}, "Enter the email address of your account. We’ll send you a link to set a new password."),
    form,
  );
  return element;
}
