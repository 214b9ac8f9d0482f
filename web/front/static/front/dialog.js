// Modal dialogs. The browser's own dialog element traps the focus, restores it, and closes on Escape.

import { h, icon } from "./dom.js";

const FIELDS = "input, select, textarea";

/** Opens a dialog and waits until it is closed. Returns the value passed to `close`, or "" if the user dismissed it.
 *
 * `draw(close)` returns the content of the dialog. Its first empty field gets the focus; without one, its first field;
 * without a field, the title.
 */
export function openDialog(title, draw) {
  const close = (value) => element.close(value);
  const heading = h("h2", { id: "dialog-title", tabindex: "-1" }, title);
  const closeButton = h(
    "button",
    { type: "button", class: "plain dialog-close", "aria-label": "Close", onclick: () => close("") },
    icon("cross"),
  );
  // A click outside the dialog closes it. The release of a button that was pressed inside, for example at the end of a
  // text selection, is not such a click.
  let isPressedOutside = false;
  const element = h("dialog", {
    "aria-labelledby": "dialog-title",
    onpointerdown: ({ target }) => (isPressedOutside = target === element),
    onclick: ({ target }) => isPressedOutside && target === element && close(""),
  });
  element.append(h("div", { class: "dialog-content" }, h("header", {}, heading, closeButton), ...[draw(close)].flat()));
  document.body.append(element);
  element.showModal();
  const fields = [...element.querySelectorAll(FIELDS)];
  (fields.find(({ value }) => !value) ?? fields[0] ?? heading).focus();
  return new Promise((resolve) => {
    element.addEventListener("close", () => {
      element.remove();
      resolve(element.returnValue);
    });
  });
}

/** Closes all dialogs as if the user had dismissed them. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close("");
}
