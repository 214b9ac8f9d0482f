"""GraphiQL with example tabs. `npm ci && npm run build` in this directory builds the files that browsers load."""
