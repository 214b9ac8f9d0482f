// The tabs that are open at first, in the order they are meant to be run.

import bookASeat from "./tabs/book-a-seat.graphql";
import cancel from "./tabs/cancel.graphql";
import logIn from "./tabs/log-in.graphql";
import myBookings from "./tabs/my-bookings.graphql";
import seatMap from "./tabs/seat-map.graphql";
import signUp from "./tabs/sign-up.graphql";
import watchAShow from "./tabs/watch-a-show.graphql";
import whatIsOn from "./tabs/what-is-on.graphql";

const STORED_TABS = "graphiql:tabState";
const OF_TABS = [STORED_TABS, "graphiql:query", "graphiql:variables", "graphiql:headers"];
const OF_WHAT_WAS_TYPED = ["graphiql:queries", "graphiql:favorites"];
const START_OVER = "explorer:start-over";
const PASSWORD = "popcorn-and-a-movie";
const guest = `guest-${Math.random().toString(36).slice(2, 8)}`;

export const WHAT_IS_ON = whatIsOn;

// What is empty here is filled in by name, see found.js.
export const tabs = [
  tab(signUp, { username: guest, email: `${guest}@example.com`, password: PASSWORD }),
  tab(logIn, { username: "alice", password: PASSWORD }),
  tab(whatIsOn),
  tab(seatMap, { showId: "" }),
  tab(bookASeat, { showId: "", seat: "C4" }),
  tab(myBookings),
  tab(cancel, { bookingId: "" }),
  tab(watchAShow, { showId: "" }),
];

/** Whether this browser has tabs from before, the user's own perhaps. GraphiQL opens those then. */
export const areStored = () => localStorage.getItem(STORED_TABS) !== null;

export function startOver() {
  if (confirm("Close your tabs, and open those that are here at first?")) {
    reload("tabs");
  }
}

/** Forgets all that was typed, the history too: there are passwords and tokens in it. */
export function forgetAll() {
  reload("all");
}

function reload(whatToForget) {
  sessionStorage.setItem(START_OVER, whatToForget);
  location.reload();
}

function tab(query, variables) {
  return { query, variables: variables ? JSON.stringify(variables, null, 2) : "" };
}

// Only now: before the reload GraphiQL might have stored its tabs again.
const forgotten = sessionStorage.getItem(START_OVER);
if (forgotten) {
  sessionStorage.removeItem(START_OVER);
  for (const key of Object.keys(localStorage)) {
    if (OF_TABS.includes(key) || (forgotten === "all" && OF_WHAT_WAS_TYPED.includes(key))) {
      localStorage.removeItem(key);
    }
  }
}
