"""The server with long timeouts for clients that send nothing.

So a connection that is closed early was closed for another reason.
"""

TIMEOUT_SECONDS = 3600
