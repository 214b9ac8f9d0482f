// The function that GraphiQL calls to execute a document.

import { parse } from "graphql";

import { request } from "./api.js";
import { watch } from "./subscriptions.js";

export function fetcher({ query, variables, operationName }, { headers } = {}) {
  const operations = operationsOf(query);
  const named = operations.find((operation) => operation.name?.value === operationName);
  // Right after a change of tabs, GraphiQL may still pass the operation name of the previous tab.
  const parameters = { query, variables, operationName: named && operationName };
  const kind = (named ?? operations[0])?.operation;
  return kind === "subscription" ? watch(parameters, headers) : request(parameters, headers, { isQuery: kind === "query" });
}

function operationsOf(query) {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === "OperationDefinition");
  } catch {
    // The server reports the syntax error.
    return [];
  }
}
