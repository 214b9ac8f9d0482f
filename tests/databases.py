"""Databases for real servers, of the kind that the suite runs on."""

import atexit
import functools
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.proof.server import environment, manage


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


@functools.cache
def _migrated() -> str:
    """Migrating takes longer than copying, so each process of the suite does it once."""
    url = _create()
    manage("migrate", "--verbosity", "0", environment=environment(url))
    return url


@functools.cache
def _demo() -> str:
    """Like `_migrated`. Loading the demo data takes even longer."""
    url = _create(template=_migrated())
    manage("load_demo", environment=environment(url))
    return url


@contextmanager
def _copy_of(template: str) -> Iterator[str]:
    url = _create(template=template)
    yield url
    _drop(url)


def _create(template: str | None = None) -> str:
    """A database that is dropped when this process ends, if it was not dropped before."""
    server = os.environ.get("TEST_DATABASE_URL")
    url = _create_in(server, template) if server else _create_file(template)
    atexit.register(_drop, url)
    return url


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
