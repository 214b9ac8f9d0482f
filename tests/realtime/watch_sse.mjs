// node watch_sse.mjs URL TOKEN SHOW CURSOR: graphql-sse, the reference client, watches a show and resumes after a
// reconnect.

import { createClient } from "graphql-sse";

import { headers, pause, printConnection, url, watch } from "./seat_changes.mjs";

// Reconnect after any error.
const client = createClient({ url, headers, retryAttempts: Infinity, retry: pause });

watch(client, { connected: printConnection });
