"""ariadne-codegen and sgqlc generate Python clients that book seats."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from django.conf import settings
from graphql import get_introspection_query

from tests.codegen.conftest import HERE, Buyer, run
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server")]

SEATS = re.compile(r"[A-Z]+\d+ [A-Z]+\d+\n")
BIN = Path(sys.executable).parent


def book(program: str, folder: Path, buyer: Buyer) -> str:
    """The output of a program, in the folder with the generated modules."""
    shutil.copy(HERE / program, folder)
    return run(sys.executable, program, buyer.url, buyer.token, buyer.show, cwd=folder)


def test_ariadne_codegen(buyer: Buyer, tmp_path: Path) -> None:
    schema = settings.BASE_DIR / "schema" / "schema.graphql"
    for file in (schema, HERE.parent / "clients" / "shop.graphql", HERE / "ariadne-codegen.toml"):
        shutil.copy(file, tmp_path)
    run(BIN / "ariadne-codegen", "--config", "ariadne-codegen.toml", cwd=tmp_path)

    assert SEATS.fullmatch(book("book_with_ariadne.py", tmp_path, buyer))


def test_sgqlc(server: Server, buyer: Buyer, tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text(json.dumps(server.post(get_introspection_query())))
    run(BIN / "sgqlc-codegen", "schema", "schema.json", "sgqlc_schema.py", cwd=tmp_path)

    assert SEATS.fullmatch(book("book_with_sgqlc.py", tmp_path, buyer))
