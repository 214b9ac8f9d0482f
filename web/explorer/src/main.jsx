import "graphiql/style.css";
import "./page.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { Account } from "./account.jsx";
import { FillIn, WrapLines } from "./editors.jsx";
import { fetcher } from "./fetcher.js";
import * as found from "./found.js";
import { ask } from "./http.js";
import { areStored, tabs, WHAT_IS_ON } from "./tabs.js";

self.MonacoEnvironment = {
  getWorker(_, label) {
    const name = ["graphql", "json"].includes(label) ? label : "editor";
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: "module" });
  },
};

// So that a tab that needs a show has one, whichever is run first.
if (found.needsShow()) {
  ask({ query: WHAT_IS_ON });
}

createRoot(document.getElementById("explorer")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={tabs}
    // GraphiQL shows the variables of the first tab only if it is told them again.
    initialVariables={areStored() ? undefined : tabs[0].variables}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>
      <FillIn />
      <WrapLines />
      <Account />
    </GraphiQL.Logo>
  </GraphiQL>,
);
