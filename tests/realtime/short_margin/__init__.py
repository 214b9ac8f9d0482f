"""A server with a short margin, so that a client of a test can be disconnected for longer.

With the normal margin, a client that reconnects within a minute gets all changes whatever its cursor is, so a test
would have to run for minutes to prove anything about cursors.
"""

# Several times as long as a transaction, so that a commit on a busy machine is not too late.
MARGIN_SECONDS = 4
MAX_TRANSACTION_SECONDS = 1
