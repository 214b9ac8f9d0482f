import { pick, useGraphiQL } from "@graphiql/react";
import { useEffect, useSyncExternalStore } from "react";

import * as found from "./found.js";

/** Fills what has been found into the variables of the tab that is open. Shows nothing. */
export function FillIn() {
  const { variableEditor, tabs, activeTabIndex } = useGraphiQL(pick("variableEditor", "tabs", "activeTabIndex"));
  const known = useSyncExternalStore(found.subscribe, found.current);
  const tab = tabs[activeTabIndex]?.id;

  useEffect(() => {
    const text = variableEditor?.getValue() ?? "";
    const filled = found.filledIn(text);
    if (filled !== text) {
      variableEditor.setValue(filled);
    }
  }, [variableEditor, tab, known]);

  return null;
}
