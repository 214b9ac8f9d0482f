"""IDs of processes that this server has started."""

import os


def exists(process: int) -> bool:
    """Whether there is a process with this ID. It may be another one, because IDs are used again."""
    try:
        # Signal 0 only checks this.
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # A process of another user.
        return True
    return True
