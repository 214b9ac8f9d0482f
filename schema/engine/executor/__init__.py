"""Executes operations with a plan that is made once for each document. See docs/decisions/0019."""
