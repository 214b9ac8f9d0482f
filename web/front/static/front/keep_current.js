// Reads what a page shows again, so that it stays current while it is open.

// In milliseconds.
const REFRESH_INTERVAL = 60_000;

/** Calls `refresh` every minute while the page is visible, and when it becomes visible.
 *
 * Returns a function that ends this.
 */
export function keepCurrent(refresh) {
  const run = () => {
    // A refresh that fails leaves the page as it is.
    if (document.visibilityState === "visible") refresh().catch(() => undefined);
  };
  const timer = setInterval(run, REFRESH_INTERVAL);
  document.addEventListener("visibilitychange", run);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", run);
  };
}
