"""The settings that result from an environment, and the message with which it is refused."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

KEY = "a key that is long enough, and cannot be guessed"
OTHER_KEY = "another key that is long enough, and cannot be guessed"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the configuration, so that the .env file of the project is not read."""
    shutil.copytree(settings.BASE_DIR / "config", tmp_path / "config")
    return tmp_path


def start(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a new process."""
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=home,
        # `config` is imported from `home`, and all other packages from the project.
        env={"PYTHONPATH": str(settings.BASE_DIR), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_in(home: Path, **environment: str) -> dict[str, Any]:
    """The settings in this environment, as JSON. In this process, because most tests need no other."""
    with importing_from(home), patch.dict(os.environ, environment, clear=True):
        module = importlib.import_module("config.settings")
    values = {name: getattr(module, name) for name in dir(module) if name.isupper()}
    found: dict[str, Any] = json.loads(json.dumps(values, default=encode))
    return found


def refusal_in(home: Path, **environment: str) -> str:
    """Assert that the settings are refused, and return the last line that a process with this environment prints."""
    with pytest.raises((ImproperlyConfigured, EnvError)) as refused:
        settings_in(home, **environment)
    return traceback.format_exception_only(refused.value)[-1].strip().splitlines()[-1]


@contextmanager
def importing_from(home: Path) -> Iterator[None]:
    """Import `config` from `home`. Afterwards, it is the one of the project again."""
    of_the_project = remove_config()
    try:
        with patch.object(sys, "path", [str(home), *sys.path]):
            yield
    finally:
        remove_config()
        sys.modules.update(of_the_project)


def remove_config() -> dict[str, ModuleType]:
    """Remove the modules of `config` from the imported modules, and return them."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "config"}


def encode(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
