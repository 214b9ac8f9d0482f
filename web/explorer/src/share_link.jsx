import { pick, useGraphiQL } from "@graphiql/react";
import { useState } from "react";

import { linkTo } from "./shared_link.js";

/** A button that copies a link to the current tab. */
export function ShareLink() {
  const { queryEditor, variableEditor } = useGraphiQL(pick("queryEditor", "variableEditor"));
  const [label, setLabel] = useState("Copy link");

  async function copy() {
    const link = linkTo(queryEditor?.getValue() ?? "", variableEditor?.getValue() ?? "");
    const isCopied = await write(link);
    if (!isCopied) {
      prompt("Copy this link:", link);
    }
    setLabel(isCopied ? "Copied" : "Copy link");
    setTimeout(() => setLabel("Copy link"), 2000);
  }

  return (
    <button type="button" onClick={copy} title="Copy a link that opens this tab, without headers and passwords">
      <span aria-live="polite">{label}</span>
    </button>
  );
}

/** Returns whether the text was copied. Browsers allow it only on HTTPS pages and on localhost. */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
