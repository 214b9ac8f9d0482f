"""The client gets the response a moment before the commit, which never happens if the process dies in between."""

import inspect
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import prefetch_related_objects

from cinema.booking import bookings, holds, sales
from cinema.booking.models import Booking
from cinema.core.errors import Busy
from cinema.core.transactions import is_transient

SECONDS_TO_COMMIT = 0.1

Result = queue.Queue[Booking | Exception]


def install() -> None:
    # Transactions decide all sales.
    sales.try_at_once = lambda *_, **__: None
    holds._acquire_in_transaction = _early(holds._acquire_in_transaction)  # noqa: SLF001 - the part that writes
    for name in ("_book_in_transaction", "confirm", "cancel"):
        setattr(bookings, name, _early(getattr(bookings, name)))


def _early(use_case: Callable[..., Booking]) -> Callable[..., Booking]:
    body = inspect.unwrap(use_case)

    def respond_early(**arguments: Any) -> Booking:
        result_queue: Result = queue.Queue()
        threading.Thread(target=_act, args=(body, arguments, result_queue), daemon=True).start()
        result = result_queue.get()
        if isinstance(result, Exception):
            raise Busy(retry_after_ms=100) if is_transient(result) else result
        return result

    return respond_early


def _act(body: Callable[..., Booking], arguments: dict[str, Any], result_queue: Result) -> None:
    try:
        with transaction.atomic(durable=True):
            booking = body(**arguments)
            # Loaded here, since no other connection can read them before the commit.
            prefetch_related_objects([booking], "tickets__seat")
            result_queue.put(booking)
            # Part of the bug: the response is early by this much, so that a crash can come in between.
            time.sleep(SECONDS_TO_COMMIT)
    except Exception as error:  # noqa: BLE001 - handed to the caller, if it still waits
        result_queue.put(error)
    finally:
        connection.close()
