"""The processes that the server starts to handle requests."""

import logging
import multiprocessing
import os
import signal
import threading
import time

SECONDS_BETWEEN_CHECKS = 0.5
SECONDS_TO_FINISH = 10

logger = logging.getLogger(__name__)


def end_with_parent() -> None:
    """End this process soon after its parent, even if that was killed. Does nothing in a process without a parent.

    Otherwise it would share the port with the next server, which may run other code.
    """
    if multiprocessing.parent_process() is not None:
        threading.Thread(target=_end_after, args=(os.getppid(),), name="end with parent", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_CHECKS)
    logger.error("the main process has ended, so this worker ends")
    # The worker completes its requests.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_FINISH)
    os._exit(1)
