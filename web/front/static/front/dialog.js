// Modal dialogs. The browser's own dialog element traps the focus, restores it, and closes on Escape.

import { h, icon } from "./dom.js";

/** Opens a dialog and waits until it is closed. Returns the value passed to `close`, or "" if the user dismissed it.
 *
 * `draw(close)` returns the content of the dialog.
 */
export function openDialog(title, draw) {
  const close = (value) => element.close(value);
  const heading = h("h2", { id: "dialog-title" }, title);
  const closeButton = h(
    "button",
    { type: "button", class: "plain dialog-close", "aria-label": "Close", onclick: () => close("") },
    icon("cross"),
  );
  const element = h("dialog", {
    "aria-labelledby": "dialog-title",
    onclick: (event) => event.target === element && close(""),
  });
  element.append(h("div", { class: "dialog-content" }, h("header", {}, heading, closeButton), ...[draw(close)].flat()));
  document.body.append(element);
  element.showModal();
  return new Promise((resolve) => {
    element.addEventListener("close", () => {
      element.remove();
      resolve(element.returnValue);
    });
  });
}
