// Sends another email with a link to verify an email address.

import { announce, h } from "./dom.js";
import { requestButton, send } from "./forms.js";
import { REQUEST_EMAIL_VERIFICATION } from "./operations.js";

/** Returns a button that sends the link to `email` again, and the message about its result.
 *
 * If the address has been verified in the meantime, calls `onVerified`.
 */
export function resendLink(email, onVerified) {
  const message = h("p", { class: "success" });
  const sendLink = async () => {
    const result = await send(REQUEST_EMAIL_VERIFICATION, { email });
    const isSent = result.__typename === "MailOnItsWay";
    message.className = isSent ? "success" : "problem";
    message.textContent = isSent ? `We’ve sent a new link to ${result.email}.` : result.message;
    announce(message.textContent);
    // Without a connection, the message remains.
    if (result.__typename === "EmailAlreadyVerified") await onVerified().catch(() => undefined);
  };
  const button = requestButton("Send a verification link", sendLink, { "data-key": "resend" });
  return h("div", { class: "stack" }, message, button);
}
