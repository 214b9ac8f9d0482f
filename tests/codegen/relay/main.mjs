// node relay/main.mjs URL PASSWORD SECRET_KEY: Relay buys tickets, with the demo accounts. Prints "Relay" if it passed.

import { createRequire, register } from "node:module";

import { run } from "../../clients/people.mjs";
import { patient } from "../../clients/patient_fetch.mjs";
import { relayBuyer } from "./buyer.mjs";

register("./loader.mjs", import.meta.url);
const shop = await import("./shop.js");
const webSocketImpl = createRequire(import.meta.url)("ws");

await run(process.argv.slice(2), {
  Relay: ({ fetch = globalThis.fetch, ...options }, counter) => {
    const environment = shop.createEnvironment({ ...options, fetch: patient(fetch), webSocketImpl });
    return relayBuyer(environment, shop, counter);
  },
});
