// Which page is shown: the part of the address after # says so, so that links, reloads and the back button work.

import { logOut, signIn } from "./account.js";
import { bookingsPage } from "./bookings_page.js";
import { h, redraw } from "./dom.js";
import { programPage } from "./program_page.js";
import { current, onChange } from "./session.js";
import { showPage } from "./show_page.js";

const main = document.getElementById("main");
const account = document.getElementById("account");

let page = null;
let visit = 0;

async function open({ isFirst = false } = {}) {
  const mine = ++visit;
  page?.stop?.();
  page = null;
  main.setAttribute("aria-busy", "true");
  // A page is drawn aside, so that one that comes late does not show up in place of a newer one.
  const drawn = h("div", { class: "page" });
  const opened = await route(drawn).catch((error) => failed(drawn, error));
  if (mine !== visit) return opened.stop?.();
  page = opened;
  main.replaceChildren(drawn);
  main.removeAttribute("aria-busy");
  page.shown?.();
  document.title = `${page.title} · Cinema`;
  markPlace();
  if (isFirst) return undefined;
  scrollTo(0, 0);
  return drawn.querySelector("h1")?.focus();
}

function place() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  return { path: path || "/", query: new URLSearchParams(query) };
}

function route(drawn) {
  const { path, query } = place();
  const show = path.match(/^\/show\/(.+)$/);
  if (show) return showPage(drawn, decodeURIComponent(show[1]));
  if (path === "/bookings") return bookingsPage(drawn, query);
  return programPage(drawn, query);
}

function failed(drawn, error) {
  const again = h("button", { type: "button", class: "primary", onclick: () => open() }, "Try again");
  const report = error.requestId ? h("p", { class: "aside" }, `To report it: ${error.requestId}`) : "";
  drawn.replaceChildren(h("h1", { tabindex: "-1" }, "That did not work"), h("p", {}, error.message), report, again);
  return { title: "That did not work" };
}

function markPlace() {
  for (const link of document.querySelectorAll("[data-place]")) {
    if (link.dataset.place === place().path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function drawAccount() {
  const session = current();
  const button = (key, label, run, kind = "") =>
    h("button", { type: "button", class: kind, "data-key": key, onclick: run }, label);
  if (session) {
    redraw(
      account,
      h("span", { class: "who", "data-fallback": true, tabindex: "-1" }, session.user.username),
      button("log-out", "Log out", logOut),
    );
  } else {
    redraw(
      account,
      button("log-in", "Log in", () => signIn()),
      button("sign-up", "Sign up", () => signIn({ form: "signup" }), "primary"),
    );
  }
}

onChange(() => {
  drawAccount();
  if (page?.sessionChanged === "again") open();
  else page?.sessionChanged?.();
});
addEventListener("hashchange", () => open());

const shown = new URLSearchParams(location.search).get("show");
if (shown) history.replaceState(null, "", `${location.pathname}#/show/${encodeURIComponent(shown)}`);
drawAccount();
open({ isFirst: true });
