"""Relay, graphql-codegen, graphql-inspector and graphql-voyager work with the schema."""

import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from graphql import get_introspection_query
from playwright.sync_api import expect

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests import machine
from tests.browser import chromium
from tests.codegen.conftest import HERE, Buyer, run, tool
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server")]


def test_relay_buys_tickets(server: Server, environment: dict[str, str]) -> None:
    # Another package also has a program of this name.
    run("node", "node_modules/relay-compiler/cli.js")

    arguments = (f"{server.address}/graphql", DEMO_PASSWORD, environment["SECRET_KEY"])
    assert run("node", "relay/main.mjs", *arguments) == "Relay\n"


def test_graphql_codegen_generates_types_of_every_member_of_every_result(buyer: Buyer) -> None:
    run("node", "all_members.mjs")
    run(tool("graphql-codegen"), "--config", "codegen.yml")
    run(tool("tsc"))

    assert re.fullmatch(r"[A-Z]+\d+ [A-Z]+\d+\n", run("node", "book.mjs", buyer.url, buyer.token, buyer.show))
    possible_types = json.loads((HERE / "__generated__" / "possible_types.json").read_text())["possibleTypes"]
    assert "SeatsTaken" in possible_types["Problem"]
    assert "ShowSeat" in possible_types["Node"]


def test_inspector_finds_changes_of_the_schema(server: Server, tmp_path: Path) -> None:
    with urlopen(f"{server.address}/schema.graphql") as response:  # noqa: S310 - our own address
        sdl = response.read().decode()
    served, broken = tmp_path / "served.graphql", tmp_path / "broken.graphql"
    served.write_text(sdl)
    broken.write_text(sdl.replace("showSeat: ShowSeat!", "seatInShow: ShowSeat!"))

    same, changed = map(json.loads, run("node", "inspect.mjs", served, broken).splitlines())

    assert same == {"changes": [], "errors": []}
    assert changed["changes"][0] == "BREAKING: Field 'showSeat' was removed from object type 'Ticket'"
    assert changed["errors"] == ['Cannot query field "showSeat" on type "Ticket". Did you mean "seat"?']


def test_voyager_draws_the_schema(server: Server) -> None:
    machine.needs(chromium.missing())
    introspection = server.post(get_introspection_query())
    with chromium.launched() as browser:
        page = browser.new_page()
        page.set_content("<div id='voyager'></div>")
        page.add_script_tag(path=HERE / "node_modules" / "graphql-voyager" / "dist" / "voyager.standalone.js")
        page.evaluate(
            "introspection => GraphQLVoyager.renderVoyager(document.getElementById('voyager'), { introspection })",
            introspection,
        )

        expect(page.locator("svg .node").get_by_text("ShowSeat", exact=True).first).to_be_visible(timeout=60_000)
