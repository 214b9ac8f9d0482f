"""Executes queries and mutations by a plan that is made once for each document: docs/decisions/0019."""
