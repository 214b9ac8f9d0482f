// Links in emails. They lead to a path with a token, such as /reset-password?token=..., which works once.

const PATHS = ["/verify-email", "/reset-password"];

/** Moves the token of a link from the address to the state of the history entry, and shows the page of the link.
 *
 * So the token is not in bookmarks, copied addresses or screenshots, but a reload keeps it.
 */
export function openEmailLink() {
  if (!PATHS.includes(location.pathname)) return;
  const [query, fragment] = [location.search, location.hash].map((part) => new URLSearchParams(part.slice(1)));
  const token = query.get("token") ?? fragment.get("token");
  history.replaceState({ token }, "", `/#${location.pathname}`);
}

/** The token of the link that has been opened, or null. */
export function linkToken() {
  return history.state?.token ?? null;
}

/** Deletes the token, because it has been used. `isDone` is whether it has had its effect. */
export function forgetLinkToken({ isDone = false } = {}) {
  history.replaceState({ isLinkDone: isDone }, "");
}

/** Whether the link has had its effect. A reload and the back button show that, too. */
export function isLinkDone() {
  return history.state?.isLinkDone ?? false;
}
