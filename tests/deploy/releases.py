"""Copies of the server as they are installed: the files that the Dockerfile copies, with collected static files."""

import json
import os
import shutil
import uuid
from pathlib import Path

from config.environment import BASE_DIR
from tests.proof.server import manage

PARTS = ("manage.py", "cinema", "config", "schema", "web")


def environment(database_url: str, **settings: str) -> dict[str, str]:
    """The environment of a production server behind nginx. On a busy machine, it refuses no request."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": uuid.uuid4().hex,
        "DATABASE_URL": database_url,
        "ALLOWED_HOSTS": "cinema.example",
        "TRUSTED_PROXIES": "1",
        "QUEUE_TIMEOUT_SECONDS": "600",
        "PYTHONUNBUFFERED": "1",
        **settings,
    }


def install(directory: Path, *, extra_style: str = "") -> Path:
    """Install the current code in the directory, and return it. `extra_style` is the text of front/extra.css."""
    directory.mkdir(parents=True)
    for part in PARTS:
        if (BASE_DIR / part).is_dir():
            shutil.copytree(BASE_DIR / part, directory / part, ignore=_ignored)
        else:
            shutil.copy(BASE_DIR / part, directory / part)
    if extra_style:
        (directory / "web/front/static/front/extra.css").write_text(extra_style)
    manage("collectstatic", "--noinput", "-v", "0", directory=directory, environment=environment("sqlite:///:memory:"))
    return directory


def static_url(directory: Path, name: str) -> str:
    """The path of a static file of the release in this directory."""
    hashed = json.loads((directory / "staticfiles/staticfiles.json").read_text())["paths"][name]
    return f"/static/{hashed}"


def _ignored(directory: str, names: list[str]) -> set[str]:
    """The files of a directory that are not installed. The explorer is not, because compressing it takes long."""
    explorer = {"static"} if directory == str(BASE_DIR / "web" / "explorer") else set()
    return {"__pycache__", "node_modules", *explorer}.intersection(names)
