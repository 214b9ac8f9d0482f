import "graphiql/style.css";
import "./page.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { Account } from "./account.jsx";
import { request } from "./api.js";
import { FillVariables, WrapLines } from "./editor_effects.jsx";
import { fetcher } from "./fetcher.js";
import * as knownValues from "./known_values.js";
import { takeSharedTab } from "./shared_link.js";
import { hasStoredTabs, tabs, WHAT_IS_ON } from "./tabs.js";

self.MonacoEnvironment = {
  getWorker(_, label) {
    const name = ["graphql", "json"].includes(label) ? label : "editor";
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: "module" });
  },
};

// Finds a show, so that any tab can be run first.
if (knownValues.needsShow()) {
  request({ query: WHAT_IS_ON });
}

const shared = takeSharedTab();
// GraphiQL opens these only if no tabs are stored. Otherwise it adds the shared one to the stored tabs.
const defaultTabs = shared ? [shared, ...tabs] : tabs;

createRoot(document.getElementById("explorer")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={defaultTabs}
    initialQuery={shared?.query}
    // GraphiQL ignores the variables of the first default tab; they must be passed here too.
    initialVariables={shared || !hasStoredTabs() ? defaultTabs[0].variables : undefined}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>
      <FillVariables />
      <WrapLines />
      <Account />
    </GraphiQL.Logo>
  </GraphiQL>,
);
