// The original tabs, in the order in which to run them.

import bookASeat from "./tabs/book-a-seat.graphql";
import cancel from "./tabs/cancel.graphql";
import confirmBooking from "./tabs/confirm-booking.graphql";
import extendHold from "./tabs/extend-hold.graphql";
import holdSeats from "./tabs/hold-seats.graphql";
import logIn from "./tabs/log-in.graphql";
import myBookings from "./tabs/my-bookings.graphql";
import seatMap from "./tabs/seat-map.graphql";
import signUp from "./tabs/sign-up.graphql";
import watchAShow from "./tabs/watch-a-show.graphql";
import watchMyBookings from "./tabs/watch-my-bookings.graphql";
import whatIsOn from "./tabs/what-is-on.graphql";

const TABS_KEY = "graphiql:tabState";
const TAB_KEYS = [TABS_KEY, "graphiql:query", "graphiql:variables", "graphiql:headers"];
const HISTORY_KEYS = ["graphiql:queries", "graphiql:favorites"];
const CLEAR_KEY = "explorer:clear";
const PASSWORD = "popcorn-and-a-movie";
const guest = `guest-${Math.random().toString(36).slice(2, 8)}`;

export const WHAT_IS_ON = whatIsOn;

// Empty variables are filled in by name, see known_values.js.
export const tabs = [
  tab(signUp, { username: guest, email: `${guest}@example.com`, password: PASSWORD }),
  tab(logIn, { username: "alice", password: PASSWORD }),
  tab(whatIsOn),
  tab(seatMap, { showId: "" }),
  tab(bookASeat, { showId: "", seat: "C4" }),
  tab(myBookings),
  tab(cancel, { bookingId: "" }),
  tab(holdSeats, { showId: "" }),
  tab(extendHold, { bookingId: "" }),
  tab(confirmBooking, { bookingId: "" }),
  tab(watchAShow, { showId: "" }),
  tab(watchMyBookings),
];

/** Whether this browser has stored tabs, which may be edited. GraphiQL opens them instead of the original ones. */
export const hasStoredTabs = () => localStorage.getItem(TABS_KEY) !== null;

export function resetTabs() {
  if (confirm("Replace your tabs with the original tabs?")) {
    clearAfterReload("tabs");
  }
}

/** Asks whether to log out, which deletes the tabs and the history. */
export const confirmClearing = () => confirm("Log out? This deletes your tabs and your history in this browser.");

/** Deletes the tabs and the history, which may contain passwords and tokens. */
export function clearEverything() {
  clearAfterReload("everything");
}

function clearAfterReload(scope) {
  sessionStorage.setItem(CLEAR_KEY, scope);
  location.reload();
}

function tab(query, variables) {
  return { query, variables: variables ? JSON.stringify(variables, null, 2) : "" };
}

// Runs after the reload, because GraphiQL may save its tabs again before it.
const toClear = sessionStorage.getItem(CLEAR_KEY);
if (toClear) {
  sessionStorage.removeItem(CLEAR_KEY);
  const keys = toClear === "everything" ? [...TAB_KEYS, ...HISTORY_KEYS] : TAB_KEYS;
  keys.forEach((key) => localStorage.removeItem(key));
}
