// Routing: the fragment of the URL selects the page, so that links, reloads and the back button work.

import { logIn, logOut } from "./account.js";
import { bookingsPage } from "./bookings_page.js";
import { h, redraw } from "./dom.js";
import { schedulePage } from "./schedule_page.js";
import { currentSession, onSessionChange } from "./session.js";
import { showPage } from "./show_page.js";

const main = document.getElementById("main");
const account = document.getElementById("account");

let page = null;
let visit = 0;

async function openPage({ isFirst = false } = {}) {
  const thisVisit = ++visit;
  page?.stop?.();
  page = null;
  main.setAttribute("aria-busy", "true");
  // The page is drawn outside the document, so that a slow page cannot replace one that was opened after it.
  const container = h("div", { class: "page" });
  const opened = await loadPage(container).catch((error) => errorPage(container, error));
  if (thisVisit !== visit) return opened.stop?.();
  page = opened;
  main.replaceChildren(container);
  main.removeAttribute("aria-busy");
  page.onShown?.();
  document.title = `${page.title} · Cinema`;
  markCurrentLink();
  if (isFirst) return undefined;
  scrollTo(0, 0);
  return container.querySelector("h1")?.focus();
}

function currentRoute() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  return { path: path || "/", query: new URLSearchParams(query) };
}

function loadPage(container) {
  const { path, query } = currentRoute();
  const show = path.match(/^\/show\/(.+)$/);
  if (show) return showPage(container, decodeURIComponent(show[1]));
  if (path === "/bookings") return bookingsPage(container, query);
  return schedulePage(container, query);
}

function errorPage(container, error) {
  const title = "Something went wrong";
  const retry = h("button", { type: "button", class: "primary", onclick: () => openPage() }, "Try again");
  const requestId = error.requestId ? h("p", { class: "muted" }, `Request ID: ${error.requestId}`) : "";
  container.replaceChildren(h("h1", { tabindex: "-1" }, title), h("p", {}, error.message), requestId, retry);
  return { title };
}

function markCurrentLink() {
  for (const link of document.querySelectorAll("[data-path]")) {
    if (link.dataset.path === currentRoute().path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function drawAccount() {
  const session = currentSession();
  const button = (key, label, onclick, className = "") =>
    h("button", { type: "button", class: className, "data-key": key, onclick }, label);
  if (session) {
    redraw(
      account,
      h("span", { class: "username", "data-focus-fallback": true, tabindex: "-1" }, session.user.username),
      button("log-out", "Log out", logOut),
    );
  } else {
    redraw(
      account,
      button("log-in", "Log in", () => logIn()),
      button("sign-up", "Sign up", () => logIn({ form: "signup" }), "primary"),
    );
  }
}

onSessionChange(() => {
  drawAccount();
  if (page?.reloadOnSessionChange) openPage();
  else page?.onSessionChange?.();
});
addEventListener("hashchange", () => openPage());

const showId = new URLSearchParams(location.search).get("show");
if (showId) history.replaceState(null, "", `${location.pathname}#/show/${encodeURIComponent(showId)}`);
drawAccount();
openPage({ isFirst: true });
