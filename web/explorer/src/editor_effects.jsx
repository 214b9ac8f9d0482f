import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useSyncExternalStore } from "react";

import * as knownValues from "./known_values.js";

/** Fills known values into the variables of the current tab. Renders nothing. */
export function FillVariables() {
  const { variableEditor, tabs, activeTabIndex } = useGraphiQL(pick("variableEditor", "tabs", "activeTabIndex"));
  const { updateActiveTabValues } = useGraphiQLActions();
  const known = useSyncExternalStore(knownValues.subscribe, knownValues.current);
  const tab = tabs[activeTabIndex]?.id;

  useEffect(() => {
    const text = variableEditor?.getValue() ?? "";
    const filled = knownValues.fill(text);
    if (filled !== text) {
      variableEditor.setValue(filled);
      // GraphiQL saves edits with a delay. Without this, reopening the tab immediately would restore the old text.
      updateActiveTabValues({ variables: filled });
    }
  }, [variableEditor, updateActiveTabValues, tab, known]);

  return null;
}

/** Wraps long lines in documents, so that comments can be read in a narrow window. Renders nothing. */
export function WrapLines() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  useEffect(() => {
    queryEditor?.updateOptions({ wordWrap: "on" });
  }, [queryEditor]);

  return null;
}
