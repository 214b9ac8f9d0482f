import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useSyncExternalStore } from "react";

import * as found from "./found.js";

/** Fills what has been found into the variables of the tab that is open. Shows nothing. */
export function FillIn() {
  const { variableEditor, tabs, activeTabIndex } = useGraphiQL(pick("variableEditor", "tabs", "activeTabIndex"));
  const { updateActiveTabValues } = useGraphiQLActions();
  const known = useSyncExternalStore(found.subscribe, found.current);
  const tab = tabs[activeTabIndex]?.id;

  useEffect(() => {
    const text = variableEditor?.getValue() ?? "";
    const filled = found.filledIn(text);
    if (filled !== text) {
      variableEditor.setValue(filled);
      // GraphiQL itself notes it a moment later, and until then would bring back the old text with the tab.
      updateActiveTabValues({ variables: filled });
    }
  }, [variableEditor, updateActiveTabValues, tab, known]);

  return null;
}

/** Breaks long lines of documents, so that what the comments say can be read in a narrow window. Shows nothing. */
export function WrapLines() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  useEffect(() => {
    queryEditor?.updateOptions({ wordWrap: "on" });
  }, [queryEditor]);

  return null;
}
