// What GraphiQL calls to have a document executed.

import { parse } from "graphql";

import { ask } from "./http.js";
import { watch } from "./socket.js";

export function fetcher({ query, variables, operationName }, { headers } = {}) {
  const operations = operationsOf(query);
  const named = operations.find((operation) => operation.name?.value === operationName);
  // Right after a change of tabs GraphiQL may still give the name of the other tab's operation.
  const request = { query, variables, operationName: named && operationName };
  const isSubscription = (named ?? operations[0])?.operation === "subscription";
  return isSubscription ? watch(request, headers) : ask(request, headers);
}

function operationsOf(query) {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === "OperationDefinition");
  } catch {
    // The server says what is wrong with it.
    return [];
  }
}
