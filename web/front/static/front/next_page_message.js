// A message for the page that is opened next, such as that the account was deleted.

let message = "";

export function setNextPageMessage(text) {
  message = text;
}

/** Returns the message, or null. Each message is returned once. */
export function takeNextPageMessage() {
  const taken = message || null;
  message = "";
  return taken;
}
