// Elements without markup in strings: what comes from the server can only ever become text.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. Properties that begin with "on" are listeners, the others attributes; true sets, false and null leave out. */
export function h(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** An SVG element, in the same way. */
export function s(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...shown(children));
  return element;
}

function shown(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

/** One of the drawings at the end of the page. */
export function icon(name) {
  return s("svg", { class: "icon", "aria-hidden": "true" }, s("use", { href: `#icon-${name}` }));
}

/** Replaces what is in `container`; the focus stays on what has the same data-key, or else goes to what has data-fallback. */
export function redraw(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  container.replaceChildren(...shown(children));
  if (!focused) return;
  const again = key && container.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  (again ?? container.querySelector("[data-fallback]"))?.focus();
}

const status = document.getElementById("status");

/** Says to those who listen what those who look can see. */
export function announce(text) {
  // The same words twice are a change only if there was something else between them.
  status.textContent = status.textContent === text ? `${text}\u00a0` : text;
}
