"""Which responses caches may store, ETag and 304, HEAD, and the SDL."""

import gzip
import json
from typing import Any

import pytest
from django.conf import settings as project
from pytest_django import Settings
from strawberry.relay.utils import to_base64

from cinema.models import Movie, Show, User
from tests.api.exchanges import LOGIN, LOGIN_INPUT
from tests.conftest import Api, global_id

CATALOG = "{ movies { nodes { title } } }"
SEAT_COUNT = "{ shows { nodes { startsAt seatsAvailable } } }"
LONG_AGO = to_base64("moment", "2000-01-01T00:00:00+00:00")
VARY = "Accept, Accept-Encoding, Authorization, X-GraphQL-Cost, Origin"


def get(api: Api, query: str = CATALOG, *, method: str = "GET", variables: Any = None, **headers: str) -> Any:
    headers.setdefault("Accept", "application/json")
    parameters = {"query": query, "variables": json.dumps(variables)}
    return getattr(api.client, method.lower())("/graphql", parameters, headers=headers)


def test_the_public_catalog_may_be_cached_for_a_short_time(api: Api, show: Show, settings: Settings) -> None:
    response = get(api)
    assert response.headers["Cache-Control"] == "public, max-age=10"
    assert response.headers["Vary"] == VARY
    settings.PUBLIC_CACHE_SECONDS = 0
    assert get(api).headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "query",
    [
        SEAT_COUNT,
        "{ shows { nodes { ...S } } } fragment S on Show { status }",
        "{ movies { nodes { shows { nodes { status } } } } }",
    ],
)
def test_caches_must_ask_before_they_use_data_that_every_sale_changes(api: Api, show: Show, query: str) -> None:
    response = get(api, query)
    assert response.headers["Cache-Control"] == "public, no-cache"
    etag = response.headers["ETag"]
    assert get(api, query, **{"If-None-Match": etag}).status_code == 304


NOT_CACHED: dict[str, str] = {
    "the viewer": "{ me { id } }",
    "the viewer and the catalog": "{ movies { totalCount } me { id } }",
    "a seat map": "query ($id: ID!) { show(id: $id) { seatMap { cursor } } }",
    "changes of seats": f'query ($id: ID!) {{ seatChanges(showId: $id, since: "{LONG_AGO}") {{ cursor }} }}',
    "an error of a field": "{ myBookings { totalCount } }",
    "an invalid document": "{ nothing }",
}


@pytest.mark.parametrize("query", NOT_CACHED.values(), ids=NOT_CACHED.keys())
def test_other_responses_are_not_cached(api: Api, show: Show, query: str) -> None:
    response = get(api, query, variables={"id": global_id(show)})
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_requests_with_a_token_and_posts_are_not_cached(api: Api, buyer: User) -> None:
    token = api.logged_in_as(buyer).token
    for headers in ({"Authorization": f"Bearer {token}"}, {"Authorization": "nonsense"}):
        assert get(api, **headers).headers["Cache-Control"] == "no-store"
    assert api(CATALOG).headers["Cache-Control"] == "no-store"
    assert api(LOGIN, input=LOGIN_INPUT).headers["Cache-Control"] == "no-store"
    assert get(api, Accept="text/event-stream").headers["Cache-Control"] == "no-store, no-transform"


def test_an_unchanged_response_is_not_sent_again(api: Api, show: Show) -> None:
    first = get(api)
    etag = first.headers["ETag"]
    assert etag.startswith('W/"')
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = get(api, **{"If-None-Match": known, "Accept-Encoding": "gzip, identity;q=0"})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["ETag"], again.headers["Cache-Control"]) == (etag, "public, max-age=10")
        assert again.headers["Vary"] == VARY
        assert not {"Content-Type", "Content-Encoding"} & set(again.headers)
    Movie.objects.update(title="Another")
    changed = get(api, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Another" in changed.content.decode()
    assert changed.headers["ETag"] != etag


def test_the_etag_is_the_same_for_every_encoding(api: Api, show: Show) -> None:
    plain, compressed = get(api), get(api, **{"Accept-Encoding": "gzip, identity;q=0"})
    assert compressed.headers["ETag"] == plain.headers["ETag"]
    assert gzip.decompress(compressed.content) == plain.content


@pytest.mark.parametrize("query", [CATALOG, "{ me { id } }", "{ nothing }", ""])
def test_head_is_get_without_the_body(api: Api, query: str) -> None:
    expected, response = get(api, query), get(api, query, method="HEAD")
    assert (response.status_code, response.content) == (expected.status_code, b"")
    assert response.headers["Content-Length"] == str(len(expected.content))
    ignored = {"Content-Length", "X-Request-ID"}
    assert {name: value for name, value in response.headers.items() if name not in ignored} == {
        name: value for name, value in expected.headers.items() if name not in ignored
    }


def test_the_sdl_is_a_text_that_may_be_cached(api: Api, settings: Settings) -> None:
    response = api.client.get("/schema.graphql")
    assert response.content.decode() == (project.BASE_DIR / "schema" / "schema.graphql").read_text()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    unchanged = api.client.get("/schema.graphql", headers={"If-None-Match": response.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    compressed = api.client.get("/schema.graphql", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(compressed.content) == response.content
    assert api.client.post("/schema.graphql").status_code in {403, 405}
    settings.INTROSPECTION = False
    assert api.client.get("/schema.graphql").status_code == 404
