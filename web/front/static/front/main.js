// Routing: the fragment of the URL selects the page, so that links, reloads and the back button work.

import { logIn, logOut } from "./account.js";
import { Unreachable, isTemporary, request } from "./api.js";
import { closeDialogs } from "./dialog.js";
import { announce, clearAnnouncement, h, redraw } from "./dom.js";
import { openEmailLink } from "./email_links.js";
import { requestButton } from "./forms.js";
import { schedulePage } from "./schedule_page.js";
import { currentSession, onSessionChange } from "./session.js";

const main = document.getElementById("main");
const account = document.getElementById("account");

// In milliseconds. If a page loads longer, screen readers announce it. Browsers limit how often an entry can change.
const LOADING_DELAY = 1_000;
const SCROLL_DELAY = 100;
// How often a page that could not be loaded asks whether the server responds again.
const RETRY_DELAY = 4_000;

const PAGE_MODULES = {
  "/show": () => import("./show_page.js"),
  "/movie": () => import("./movie_page.js"),
  "/search": () => import("./search_page.js"),
  "/bookings": () => import("./bookings_page.js"),
  "/account": () => import("./account_page.js"),
  "/verify-email": () => import("./link_pages.js"),
  "/reset-password": () => import("./link_pages.js"),
};

let page = null;
let visit = 0;
let loadingTimer;
let scrollTimer;

async function openPage({ isFirst = false } = {}) {
  const thisVisit = ++visit;
  page?.stop?.();
  page = null;
  main.setAttribute("aria-busy", "true");
  clearTimeout(scrollTimer);
  // After "back", the page is where the user left it.
  const savedTop = history.state?.scrollY;
  clearTimeout(loadingTimer);
  loadingTimer = setTimeout(() => announce("Loading…"), LOADING_DELAY);
  // The page is drawn outside the document, so that a slow page cannot replace one that was opened after it.
  const container = h("div", { class: "page" });
  const opened = await loadPage(container).catch((error) => loadAfterError(container, error));
  if (thisVisit !== visit) return opened.stop?.();
  clearTimeout(loadingTimer);
  page = opened;
  main.replaceChildren(container);
  main.removeAttribute("aria-busy");
  document.title = `${page.title} · Cinema`;
  markCurrentLink();
  if (!isFirst) (page.firstFocus ?? container.querySelector("h1"))?.focus({ preventScroll: true });
  scrollTo({ top: savedTop ?? 0, behavior: "instant" });
  page.onShown?.({ isReturn: savedTop !== undefined });
  return undefined;
}

/** Keeps the position of the page in its history entry, when the user has scrolled. */
function saveScrollPosition() {
  clearTimeout(scrollTimer);
  const save = () => history.replaceState({ ...history.state, scrollY: Math.round(scrollY) }, "");
  scrollTimer = setTimeout(save, SCROLL_DELAY);
}

function currentRoute() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  return { path: path || "/", query: new URLSearchParams(query) };
}

async function loadPage(container) {
  const { path, query } = currentRoute();
  const [, kind, id] = path.match(/^\/(show|movie)\/(.+)$/) ?? [];
  const module = await importPage(kind ? `/${kind}` : path);
  if (kind === "show") return module.showPage(container, decode(id), query);
  if (kind === "movie") return module.moviePage(container, decode(id), query);
  if (path === "/search") return module.searchPage(container, query);
  if (path === "/bookings") return module.bookingsPage(container, query);
  if (path === "/account") return module.accountPage(container);
  if (path === "/verify-email") return module.verifyEmailPage(container);
  if (path === "/reset-password") return module.resetPasswordPage(container);
  return schedulePage(container, query);
}

/** Returns the module of a page, or undefined for the schedule, which does not wait for the other pages. */
async function importPage(path) {
  try {
    return await PAGE_MODULES[path]?.();
  } catch {
    throw new Unreachable();
  }
}

/** Decodes a part of the address. If the address was not copied completely, returns the part as it is. */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Loads a page that could not be loaded because the session has ended, without a session. Shows any other error. */
function loadAfterError(container, error) {
  if (error.code !== "UNAUTHENTICATED" || currentSession()) return errorPage(container, error);
  return loadPage(container).catch((otherError) => errorPage(container, otherError));
}

function errorPage(container, error) {
  const title = error instanceof Unreachable ? "No connection to the server" : "Something went wrong";
  const retry = h("button", { type: "button", class: "primary", onclick: () => openPage() }, "Try again");
  const requestId = error.requestId ? h("p", { class: "muted" }, `Request ID: ${error.requestId}`) : "";
  const content = [h("h1", { tabindex: "-1" }, title), h("p", {}, error.message), requestId, retry];
  container.replaceChildren(h("div", { class: "stack" }, ...content));
  return { title, stop: isTemporary(error) ? reopenWhenReachable() : undefined };
}

/** Opens the current page again when the server responds. Returns a function that stops waiting. */
function reopenWhenReachable() {
  let isStopped = false;
  const reopen = () => isStopped || openPage();
  const timer = setInterval(() => request("{ __typename }").then(reopen, () => undefined), RETRY_DELAY);
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
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
    const { username } = session.user;
    const attributes = { class: "username", href: "#/account", "data-path": "/account", "data-focus-fallback": true };
    const link = h("a", attributes, h("span", { class: "visually-hidden" }, "Your account: "), username);
    redraw(account, link, requestButton("Log out", logOut, { "data-key": "log-out" }));
  } else {
    redraw(
      account,
      button("log-in", "Log in", () => logIn()),
      button("sign-up", "Sign up", () => logIn({ form: "signup" }), "primary"),
    );
  }
}

onSessionChange(() => {
  // An open dialog belongs to the user before, or is a login dialog that is no longer needed.
  closeDialogs();
  clearAnnouncement();
  drawAccount();
  if (page?.reloadOnSessionChange) openPage();
  else page?.onSessionChange?.();
});
addEventListener("hashchange", () => {
  closeDialogs();
  clearAnnouncement();
  openPage();
});
history.scrollRestoration = "manual";
addEventListener("scroll", saveScrollPosition, { passive: true });
// The link is handled here, because its fragment would open another page.
document.querySelector(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

const showId = new URLSearchParams(location.search).get("show");
if (showId) history.replaceState(null, "", `${location.pathname}#/show/${encodeURIComponent(showId)}`);
openEmailLink();
drawAccount();
openPage({ isFirst: true });
