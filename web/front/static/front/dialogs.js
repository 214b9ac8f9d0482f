// Dialogs. The browser's own element keeps the focus inside, gives it back, and closes with Escape.

import { h, icon } from "./dom.js";

/** Shows a dialog and waits until it is closed; its returnValue, "" when it was left.
 *
 * `fill(close)` gives its content; close(value) closes it.
 */
export function dialog(title, fill) {
  const close = (value) => element.close(value);
  const heading = h("h2", { id: "dialog-title" }, title);
  const leave = h(
    "button",
    { type: "button", class: "plain leave", "aria-label": "Close", onclick: () => close("") },
    icon("cross"),
  );
  const element = h("dialog", {
    "aria-labelledby": "dialog-title",
    onclick: (event) => event.target === element && close(""),
  });
  element.append(h("div", { class: "dialog-inner" }, h("header", {}, heading, leave), ...[fill(close)].flat()));
  document.body.append(element);
  element.showModal();
  return new Promise((resolve) => {
    element.addEventListener("close", () => {
      element.remove();
      resolve(element.returnValue);
    });
  });
}
