"""Databases for real servers, of the kind that the suite runs on."""

import atexit
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.proof.server import environment, manage

# The directory with the URLs of the templates, for all processes of one test run.
TEMPLATES = "TEST_TEMPLATES"


def share_templates() -> Callable[[], None]:
    """Let this process, and those that it starts, use the same templates. Returns a function that drops them."""
    directory = Path(tempfile.mkdtemp(prefix="templates-"))
    os.environ[TEMPLATES] = str(directory)

    def drop() -> None:
        del os.environ[TEMPLATES]
        for url in directory.glob("*.url"):
            _drop(url.read_text())
        shutil.rmtree(directory)

    return drop


@contextmanager
def empty_database() -> Iterator[str]:
    """The URL of a new database without tables."""
    url = _create()
    atexit.register(_drop, url)
    yield url
    _drop(url)


@contextmanager
def migrated_database() -> Iterator[str]:
    """The URL of a new database with empty tables."""
    with _copy_of(_migrated()) as url:
        yield url


@contextmanager
def demo_database() -> Iterator[str]:
    """The URL of a new database with the demo data."""
    with _copy_of(_demo()) as url:
        yield url


def _migrated() -> str:
    """Migrating takes longer than copying, so it is done once."""

    def create() -> str:
        url = _create()
        manage("migrate", "--verbosity", "0", environment=environment(url))
        return url

    return _template("migrated", create)


def _demo() -> str:
    """Like `_migrated`. Loading the demo data takes even longer."""

    def create() -> str:
        url = _create(template=_migrated())
        manage("load_demo", environment=environment(url))
        return url

    return _template("demo", create)


def _template(name: str, create: Callable[[], str]) -> str:
    """The URL of a template. The first process that needs it creates it, and the others wait."""
    stored = Path(os.environ[TEMPLATES]) / f"{name}.url"
    with stored.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stored.exists():
            stored.write_text(create())
    return stored.read_text()


@contextmanager
def _copy_of(template: str) -> Iterator[str]:
    """A copy that is dropped at the end, or when this process ends."""
    url = _create(template=template)
    atexit.register(_drop, url)
    yield url
    _drop(url)


def _create(template: str | None = None) -> str:
    server = os.environ.get("TEST_DATABASE_URL")
    return _create_in(server, template) if server else _create_file(template)


def _create_in(server: str, template: str | None) -> str:
    name = f"server_{uuid.uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(_name(template) if template else "template1")
    )
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(create)
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _create_file(template: str | None) -> str:
    url = f"sqlite:///{tempfile.mkdtemp()}/cinema.sqlite3"
    if template:
        shutil.copyfile(_path(template), _path(url))
    return url


def _drop(url: str) -> None:
    if url.startswith("sqlite"):
        shutil.rmtree(_path(url).parent, ignore_errors=True)
        return
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name(url)))
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(drop)


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
