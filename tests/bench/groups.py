"""The groups of contenders that are compared with each other."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from cinema.catalog.models import Show
from tests.bench import requests, rows, shows
from tests.bench.baselines.original import setup as original
from tests.bench.buyers import Buyer, Buyers
from tests.bench.contenders import Contender, Failed, Http, Pgbench, Prepared
from tests.bench.dataset import SCREEN_10_000, SCREEN_300, SHOWS_PER_DAY
from tests.bench.driver import Request
from tests.bench.server import Server

# The number of different requests for each read, so that more than one row of the database is read.
VARIANTS = 5
# Words at the start of titles, at the start of other words and inside words, frequent and rare.
SEARCHES = ["the", "comedy", "rama", "hrill", "791"]
# More seats than any contender sells in a second.
MAX_RATE = 2_400
# Together, this many shows have enough seats for a slice.
MANY_SHOWS = 40
HOLDS_OF_EACH_SHOW = 100
# For refusals, blocks of this many seats are alternately free and taken.
BLOCK = 10


@dataclass(frozen=True)
class Services:
    """Our server on the full and on the small database, the servers of the baselines, and the process of PostgreSQL."""

    ours: Server
    small: Server
    bare: Server
    original: Server
    postgresql: int
    pgbench: Path
    buyers: Buyers

    def repeated(self, row: str, server: Server, variants: Sequence[Request], *, contains: bytes = b'{"data":') -> Http:
        """Sends these requests over and over, from many addresses.

        Raises `Failed` if a response to one of them does not contain `contains`.
        """
        for request in variants:
            response = server.send(request)
            if response.status != HTTPStatus.OK or contains not in response.body.replace(b" ", b""):
                raise Failed(f"{row}: {response}")
        prepared = Prepared(requests.from_many_addresses(variants))
        return Http(row, server, self.postgresql, lambda _: prepared)


@dataclass(frozen=True)
class Read:
    """A read of several days, shows or users: the requests to our server, and those for the SQL statement."""

    row: str
    ours: Sequence[Request]
    sql: Sequence[Request]


def small(services: Services) -> list[Contender]:
    """Requests that use the database little or not at all."""
    typename, invalid = requests.graphql(requests.TYPENAME), requests.graphql(requests.INVALID)
    me = [requests.graphql(requests.ME, buyer) for buyer in services.buyers.all[:VARIANTS]]
    forged = [replace(request, token=f"{request.token[:-4]}AAAA") for request in me]
    return [
        services.repeated(rows.BARE, services.bare, [replace(typename, path="/bare")]),
        services.repeated(rows.TYPENAME, services.ours, [typename]),
        services.repeated(rows.ME, services.ours, me),
        services.repeated(rows.INVALID, services.ours, [invalid], contains=b"GRAPHQL_VALIDATION_FAILED"),
        services.repeated(rows.BAD_TOKEN, services.ours, forged, contains=b"UNAUTHENTICATED"),
    ]


def reads(using: str) -> list[Read]:
    """The reads of rows in this database: the latest days in the schedule, and a show on each of them."""
    buyers = Buyers(using, count=VARIANTS).all
    latest = Show.objects.using(using).order_by("-starts_at", "pk")
    found = [latest[SHOWS_PER_DAY * n + SHOWS_PER_DAY // 2 + n] for n in range(VARIANTS)]
    days = [str(show.starts_at.date()) for show in found]
    return [
        Read(rows.MOVIES, [requests.graphql(requests.MOVIES)], [_statement("movies")]),
        Read(
            rows.SEARCH,
            [requests.graphql(requests.SEARCH, words=word) for word in SEARCHES],
            [_statement("search", word=word, parts=_parts(word)) for word in SEARCHES],
        ),
        Read(
            rows.DAY,
            [requests.graphql(requests.DAY, day=day) for day in days],
            [_statement("day", day=day) for day in days],
        ),
        Read(
            rows.MAP,
            [requests.graphql(requests.MAP, show=requests.show_id(show)) for show in found],
            [_statement("map", show=show.pk) for show in found],
        ),
        Read(
            rows.BOOKINGS,
            [requests.graphql(requests.BOOKINGS, buyer) for buyer in buyers],
            [_statement("bookings", user=buyer.user.pk) for buyer in buyers],
        ),
    ]


def to_sql(services: Services, read: Read) -> list[Contender]:
    """A read, and its SQL statement. Raises `Failed` if they do not return the same JSON."""
    for ours, sql in zip(read.ours, read.sql, strict=True):
        response, expected = services.ours.send(ours), services.bare.send(sql)
        if response.json() != expected.json():
            raise Failed(f"{read.row}: {response.body[:1_000]!r} is not {expected.body[:1_000]!r}")
    return [
        services.repeated(read.row, services.ours, read.ours),
        services.repeated(rows.sql(read.row), services.bare, read.sql),
    ]


def growth(services: Services, full: Read, tenth: Read) -> list[Contender]:
    """The same read in the full database and in the small one."""
    return [
        services.repeated(rows.full(full.row), services.ours, full.ours),
        services.repeated(rows.tenth(tenth.row), services.small, tenth.ours),
    ]


def selling(services: Services) -> list[Contender]:
    """Sales and refusals by our server, and sales by the baselines. Each slice sells new shows."""
    buyers, postgresql = services.buyers, services.postgresql

    def on_ours(row: str, prepare: Callable[[int], Prepared], expected: str = "Booking") -> Http:
        return Http(row, services.ours, postgresql, prepare, expected)

    # The sale is measured between the two that are compared with it by their rate.
    return [
        Http(rows.ORIGINAL, services.original, postgresql, lambda seconds: _original_sales(buyers, seconds), "201"),
        on_ours(rows.HOT, lambda seconds: _sales(buyers, shows.add(SCREEN_10_000), seconds)),
        on_ours(rows.MANY, lambda seconds: _sales(buyers, shows.add(SCREEN_300, MANY_SHOWS), seconds)),
        on_ours(rows.REFUSED_300, _refusals(buyers, SCREEN_300), "SeatsTaken"),
        on_ours(rows.REFUSED_10_000, _refusals(buyers, SCREEN_10_000), "SeatsTaken"),
        on_ours(rows.BEST, lambda _: _holds(buyers)),
        Pgbench(rows.PGBENCH, services.pgbench, postgresql, buyers),
    ]


def overload(services: Services, large: Read) -> list[Contender]:
    """Sales to one buyer, without other load and while another client sends large reads.

    The CPU time with the other client includes its requests.
    """
    buyers = services.buyers

    def sales(row: str, flood: Request | None) -> Http:
        return Http(
            row,
            services.ours,
            services.postgresql,
            lambda seconds: _sales(buyers, shows.add(SCREEN_10_000), seconds),
            "Booking",
            flood,
        )

    return [sales(rows.ALONE, None), sales(rows.FLOODED, replace(large.ours[0], address="10.2.0.1"))]


def single_sales(buyers: Buyers) -> list[tuple[str, Request]]:
    """A sale, the refusal of the same seat, and a hold of the best seats, each with its name."""
    (show,) = shows.add(SCREEN_300)
    label = shows.seats(show)[0].label
    sale, refusal = requests.bookings([(show, label)] * 2, buyers)
    (hold,) = requests.holds([show], buyers, of_each=1)
    return [(rows.HOT, sale), (rows.REFUSED_300, refusal), (rows.BEST, hold)]


def _statement(name: str, **parameters: object) -> Request:
    return Request(f"/read/{name}?{urlencode(parameters)}")


def _parts(word: str) -> str:
    """The parts of a word that the index of searches contains, as a query of PostgreSQL's text search."""
    return " & ".join(word[start : start + 3] for start in range(len(word) - 2))


def _sales(buyers: Buyers, new: Sequence[Show], seconds: int) -> Prepared:
    """Bookings of the seats of new shows: one seat of each show, then another seat of each, and so on."""
    labels = [[seat.label for seat in shows.seats(show)] for show in new]
    seats = [(show, label) for row in zip(*labels, strict=True) for show, label in zip(new, row, strict=True)]
    return Prepared(
        requests.bookings(seats[: MAX_RATE * seconds], buyers), _check_sold(lambda: shows.sold(new)), repeatable=False
    )


def _holds(buyers: Buyers) -> Prepared:
    new = shows.add(SCREEN_300, MANY_SHOWS)
    found = requests.holds(new, buyers, of_each=HOLDS_OF_EACH_SHOW)
    return Prepared(found, _check_sold(lambda: shows.sold(new), seats=2), repeatable=False)


def _refusals(buyers: Buyers, screen_name: str) -> Callable[[int], Prepared]:
    """Bookings of taken seats, of a show that has free seats too."""
    (show,) = shows.add(screen_name)
    seats = shows.seats(show)
    taken = [seat for n, seat in enumerate(seats) if n // BLOCK % 2]
    shows.sell(show, taken, buyers)

    def prepare(_: int) -> Prepared:
        wanted = [(show, seat.label) for seat in taken[:MAX_RATE]]
        return Prepared(
            requests.bookings(wanted, buyers), _check_sold(lambda: shows.sold([show]) - len(taken), seats=0)
        )

    return prepare


def _original_sales(buyers: Buyers, seconds: int) -> Prepared:
    show = original.add_show()
    seats = min(MAX_RATE * seconds, original.CAPACITY)
    return Prepared(
        [_original_sale(buyers.next(), show, seat=f"S{n}") for n in range(seats)],
        _check_sold(lambda: original.sold(show)),
        repeatable=False,
    )


def _original_sale(buyer: Buyer, show: int, seat: str) -> Request:
    body = json.dumps({"show": show, "seat": seat})
    return Request("/bookings", body, token=buyer.original_token, address=buyer.address)


def _check_sold(sold: Callable[[], int], *, seats: int = 1) -> Callable[[int, int], None]:
    """Checks that each success sold `seats` seats. Requests unfinished at the end of the slice may have sold more."""

    def check(successes: int, clients: int) -> None:
        found = sold()
        if not successes * seats <= found <= (successes + clients) * seats:
            raise Failed(f"{successes} responses report {seats} sold seats each, but {found} are sold")

    return check
