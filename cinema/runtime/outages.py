"""What a client is asked to do while the database, or the process, cannot serve it."""

# How long a client should wait before it tries again.
RETRY_AFTER_MS = 2000
