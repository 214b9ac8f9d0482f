// Loads a program with documents as a bundler does: with the Babel plugin of Relay.

import { fileURLToPath } from "node:url";
import { transformFileAsync } from "@babel/core";

export const resolve = (specifier, context, next) =>
  next(specifier.endsWith(".graphql") ? `${specifier}.js` : specifier, context);

export async function load(url, context, next) {
  if (!url.endsWith("/relay/shop.js")) return next(url, context);
  const { code } = await transformFileAsync(fileURLToPath(url), { plugins: ["relay"], configFile: false });
  return { format: "module", source: code, shortCircuit: true };
}
