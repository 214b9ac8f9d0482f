"""Writes the events of graphql-sse, in the mode of distinct connections.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

EVENT_STREAM = "text/event-stream"
# Browsers ignore an event without data.
COMPLETE = b"event: complete\ndata:\n\n"
# Clients ignore comments.
HEARTBEAT = b":\n\n"
# nginx sends each event at once.
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def next_(result: bytes) -> bytes:
    """The event with a result, which is JSON without line breaks."""
    return b"event: next\ndata: " + result + b"\n\n"


def comment(text: str) -> bytes:
    return f": {text}\n\n".encode()
