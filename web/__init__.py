"""The pages for browsers: the front page and the API explorer. They use the public API only."""
