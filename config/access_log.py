"""One line for each request. Lines are written without `logging`, which would take as long as a small request."""

import asyncio
import sys
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from typing import Any, TextIO

import orjson
from graphql import FieldNode

from schema.engine.context import CONTEXT, Context

REQUEST_ID = b"x-request-id"
MAX_ROOT_FIELDS = 5
# Writing each line at once would take a tenth of the time of a small request.
SECONDS_BETWEEN_WRITES = 0.05


class AccessLog:
    """Writes lines as JSON or as text. `with_addresses`: with the addresses of the clients, which are personal data.

    It must be used in an event loop.
    """

    def __init__(self, *, as_json: bool, with_addresses: bool, stream: TextIO = sys.stdout) -> None:
        self._as_json = as_json
        self._with_addresses = with_addresses
        self._stream = stream
        self._lines: list[str] = []
        # Processes that the server has forked do not call the functions of `atexit`.
        Finalize(None, self._write_lines, exitpriority=0)

    def write(
        self, environ: dict[str, Any], *, status: int, headers: list[tuple[bytes, bytes]], seconds: float, address: str
    ) -> None:
        """Add the line of a request, which is written within `SECONDS_BETWEEN_WRITES`, or when the process ends."""
        context: Context | None = environ.get(CONTEXT)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "logger": "access",
            "request_id": next((value.decode() for name, value in headers if name == REQUEST_ID), None),
            "method": environ["REQUEST_METHOD"],
            # Without the query string, which may contain the variables of a query.
            "path": environ["PATH_INFO"],
            "status": status,
            "milliseconds": round(1000 * seconds, 1),
            "operation": _operation(context) if context else None,
            "user": context.user_id if context else None,
        }
        if self._with_addresses:
            line["address"] = address
        if not self._lines:
            asyncio.get_running_loop().call_later(SECONDS_BETWEEN_WRITES, self._write_lines)
        self._lines.append(orjson.dumps(line).decode() + "\n" if self._as_json else _text(line))

    def _write_lines(self) -> None:
        # When the process ends, the stream may have been closed.
        if self._lines and not self._stream.closed:
            text = "".join(self._lines)
            self._lines.clear()
            self._stream.write(text)
            self._stream.flush()


def _text(line: dict[str, Any]) -> str:
    parts = [f"{line['method']} {line['path']}", line["status"], f"{line['milliseconds']} ms", line["operation"]]
    parts += [f"user {line['user']}" if line["user"] else None, line.get("address")]
    return f"{line['time']} {line['logger']} [{line['request_id']}] {' '.join(str(each) for each in parts if each)}\n"


def _operation(context: Context) -> str | None:
    """The name of the operation, or the fields that it selects at the root."""
    operation = context.operation
    if operation is None:
        return None
    if operation.name:
        return operation.name.value
    selections = operation.selection_set.selections[:MAX_ROOT_FIELDS]
    return ",".join(each.name.value for each in selections if isinstance(each, FieldNode))
