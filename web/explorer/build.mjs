// node build.mjs: writes what a browser loads into static/explorer, one script, one style sheet and the editor's workers.

import { rm } from "node:fs/promises";

import { build } from "esbuild";

const WHERE = "static/explorer";

await rm(WHERE, { recursive: true, force: true });
await build({
  entryPoints: {
    main: "src/main.jsx",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  outdir: WHERE,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  // Fonts are in the style sheet, as most of GraphiQL's are already.
  loader: { ".graphql": "text", ".ttf": "dataurl" },
  logLevel: "warning",
});
