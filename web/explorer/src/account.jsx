import { useSyncExternalStore } from "react";

import { signOut } from "./http.js";
import * as session from "./session.js";
import { forgetAll, startOver } from "./tabs.js";

/** Who is signed in, and the way out. */
export function Account() {
  const current = useSyncExternalStore(session.subscribe, session.current);
  return (
    <div className="account">
      <span role="status">{current ? <>Signed in as <b>{current.user?.username ?? "somebody"}</b></> : "Not signed in"}</span>
      {current && <button type="button" onClick={() => signOut().finally(forgetAll)} title="And forget all that was typed here">Sign out</button>}
      <button type="button" onClick={startOver} title="Open the tabs that are here at first, in place of yours">Reset tabs</button>
    </div>
  );
}
