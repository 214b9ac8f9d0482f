"""GraphiQL, with tabs that lead through the API. `npm ci && npm run build` here makes what browsers load."""
