"""Prints the names and defaults of all settings that are read from the environment, as JSON."""

import json
from functools import wraps
from pathlib import Path
from typing import Any

from environs import Env

from config.environment import BASE_DIR

KINDS = ("str", "int", "bool", "float", "list", "path")


def recorded() -> dict[str, Any]:
    """Read the settings of a production server, and return the default of each variable."""
    defaults: dict[str, Any] = {}

    def recording(read: Any) -> Any:
        @wraps(read)
        def method(env: Env, name: str, default: Any = None, **options: Any) -> Any:
            defaults[name] = str(default.relative_to(BASE_DIR)) if isinstance(default, Path) else default
            return read(env, name, default, **options)

        return method

    for kind in KINDS:
        setattr(Env, kind, recording(getattr(Env, kind)))
    import config.settings  # noqa: F401, PLC0415 - reads the environment

    return defaults


if __name__ == "__main__":
    print(json.dumps(recorded()))  # noqa: T201 - for the test
