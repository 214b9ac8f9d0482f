// node audit.mjs URL: audits the server at this URL with graphql-http and prints the results as JSON.

import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
