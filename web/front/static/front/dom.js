// Creates elements without parsing HTML, so text from the server is always inserted as text.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an HTML element.
 *
 * Properties that begin with "on" become event listeners; the others become attributes. `true` sets an attribute
 * without a value; `false`, `null` and `undefined` omit it.
 */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Creates an SVG element. Takes the same arguments as `h`. */
export function s(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...withoutEmpty(children));
  return element;
}

function withoutEmpty(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

/** Returns an SVG icon. `name` is the ID of a symbol at the end of index.html, without the prefix "icon-". */
export function icon(name) {
  return s("svg", { class: "icon", "aria-hidden": "true" }, s("use", { href: `#icon-${name}` }));
}

/** Replaces the children of `container` and keeps the keyboard focus.
 *
 * The focus moves to the new element with the same data-key. If there is none, it moves to the one with
 * data-focus-fallback.
 */
export function redraw(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  container.replaceChildren(...withoutEmpty(children));
  if (!focused) return;
  const replacement = key && container.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  (replacement ?? container.querySelector("[data-focus-fallback]"))?.focus();
}

const status = document.getElementById("status");
// In milliseconds. Screen readers can also read the text as a part of the page, where it would soon be out of date.
const ANNOUNCEMENT_TIME = 10_000;
let announcementTimer;

/** Announces `text` to screen readers. It is removed after some seconds. */
export function announce(text) {
  clearTimeout(announcementTimer);
  announcementTimer = setTimeout(clearAnnouncement, ANNOUNCEMENT_TIME);
  // Screen readers announce only changes. A nonbreaking space makes a repeated text different.
  status.textContent = status.textContent === text ? `${text}\u00a0` : text;
}

/** Removes the last announcement. */
export function clearAnnouncement() {
  clearTimeout(announcementTimer);
  status.textContent = "";
}
