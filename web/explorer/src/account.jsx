import { useSyncExternalStore } from "react";

import { logOut } from "./api.js";
import * as session from "./session.js";
import { ShareLink } from "./share_link.jsx";
import { clearEverything, confirmClearing, resetTabs } from "./tabs.js";

/** Shows the current user, with buttons to log out, to copy a link to the current tab, and to reset the tabs. */
export function Account() {
  const current = useSyncExternalStore(session.subscribe, session.current);
  const logOutAndClear = () => confirmClearing() && logOut().finally(clearEverything);
  return (
    <div className="account">
      <span role="status">{current ? <>Logged in as <b>{current.user?.username ?? "unknown"}</b></> : "Not logged in"}</span>
      {current && <button type="button" onClick={logOutAndClear} title="Also clears your tabs and history">Log out</button>}
      <ShareLink />
      <button type="button" onClick={resetTabs} title="Replace your tabs with the original tabs">Reset tabs</button>
    </div>
  );
}
