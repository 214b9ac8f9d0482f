// Run with `node build.mjs`. Writes one script, one style sheet and the workers of the editor into static/explorer.

import { rm } from "node:fs/promises";

import { build } from "esbuild";

const OUTPUT = "static/explorer";

await rm(OUTPUT, { recursive: true, force: true });
await build({
  entryPoints: {
    main: "src/main.jsx",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  outdir: OUTPUT,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  // Fonts are embedded in the style sheet; most of GraphiQL's already are.
  loader: { ".graphql": "text", ".ttf": "dataurl" },
  logLevel: "warning",
});
