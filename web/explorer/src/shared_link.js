// Links to this page that open a tab: the fragment contains its document and variables. Browsers send it to no server.

// Variables with these names are left out of links.
const SECRETS = /password|token/i;

/** Returns { query, variables } of the link that opened this page, or null. Removes them from the address. */
export function takeSharedTab() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const query = parameters.get("query");
  if (!query) {
    return null;
  }
  history.replaceState(null, "", location.pathname + location.search);
  return { query, variables: parameters.get("variables") ?? "" };
}

/** Returns a link that opens a tab with this document and these variables, without passwords and tokens. */
export function linkTo(query, variables) {
  const parameters = new URLSearchParams({ query });
  if (variables.trim()) {
    parameters.set("variables", withoutSecrets(variables));
  }
  return new URL(`#${parameters}`, location.href).href;
}

function withoutSecrets(text) {
  try {
    const hide = (name, value) => (SECRETS.test(name) && typeof value === "string" ? "" : value);
    return JSON.stringify(JSON.parse(text), hide, 2);
  } catch {
    // Without its structure, secrets cannot be found.
    return "";
  }
}
