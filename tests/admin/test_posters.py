"""Staff upload the poster of a movie, and the server shows it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cinema.catalog.models import Movie
from tests import situations
from tests.admin.conftest import errors
from tests.catalog.uploads import SVG, a_picture, opened
from tests.conftest import Api
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

OTHER_SERVER = "https://example.com/a.jpg"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, change_rules: ChangeRules) -> None:
    change_rules(media_root=tmp_path)


def form(movie: Movie, **fields: Any) -> dict[str, Any]:
    """The form of a movie as the browser sends it."""
    blank = dict.fromkeys(
        ("synopsis", "poster_url", "trailer_url", "cast", "release_date", "certificate", "language"), ""
    )
    return {**blank, "title": movie.title, "duration_minutes": movie.duration_minutes, **fields}


def page_of(movie: Movie) -> str:
    return reverse("admin:cinema_movie_change", args=[movie.pk])


def a_file(content: bytes, name: str = "../../poster.php") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def save(client: Client, movie: Movie, **fields: Any) -> str:
    assert client.post(page_of(movie), form(movie, **fields)).status_code == 302
    movie.refresh_from_db()
    return str(movie.poster_url)


def test_an_uploaded_poster_is_shown_and_kept_until_it_is_replaced_or_removed(staff_client: Client, api: Api) -> None:
    movie = situations.a_movie("Heat")
    first = save(staff_client, movie, poster=a_file(a_picture()))
    page = staff_client.get(page_of(movie)).content.decode()
    assert f'src="{first}"' in page
    assert 'enctype="multipart/form-data"' in page
    assert api("{ movies { nodes { posterUrl } } }").data["movies"]["nodes"] == [{"posterUrl": first}]
    assert save(staff_client, movie, synopsis="A robbery.") == first
    second = save(staff_client, movie, poster=a_file(a_picture("PNG", (700, 900))))
    assert second != first
    assert save(staff_client, movie, **{"poster-clear": "on"}) == ""
    save(staff_client, movie, poster=a_file(a_picture()))
    assert save(staff_client, movie, poster_url=OTHER_SERVER) == OTHER_SERVER
    assert save(staff_client, movie, poster_url=OTHER_SERVER, poster=a_file(a_picture())) == first
    added = staff_client.post(reverse("admin:cinema_movie_add"), form(movie, title="Ran", poster=a_file(a_picture())))
    assert added.status_code == 302
    assert Movie.objects.get(title="Ran").poster_url == first


@pytest.mark.parametrize("content", [SVG, a_picture()[:500], b"", a_picture(size=(100, 100))])
def test_other_files_are_refused_at_the_field(staff_client: Client, tmp_path: Path, content: bytes) -> None:
    movie = situations.a_movie()
    with nothing_changes():
        refused = staff_client.post(page_of(movie), form(movie, title="Changed", poster=a_file(content)))
        assert list(errors(refused)) == ["poster"]
    # Browsers do not send the file again.
    refused = staff_client.post(page_of(movie), form(movie, title="", poster=a_file(a_picture())))
    assert list(errors(refused)) == ["title", "poster"]
    assert list(tmp_path.rglob("*.*")) == []


def test_the_server_serves_posters_forever_and_allows_nothing_in_them(staff_client: Client) -> None:
    url = save(staff_client, situations.a_movie(), poster=a_file(a_picture()))
    for address, width in ((url, 600), (url.replace("-640", "-320"), 320)):
        response = Client().get(address)
        assert response.status_code == 200
        assert opened(response.content).width == width
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not response.cookies
        assert "Vary" not in response
    assert Client().head(url).status_code == 200
    assert Client().post(url).status_code == 405
    for unknown in ("/media/posters/x.webp", "/media/posters/..%2f..%2fsettings.py", "/media/", url + "/", url + "x"):
        missing = Client().get(unknown)
        assert (missing.status_code, missing.get("Cache-Control")) == (404, None)


def test_uploads_require_the_permission_to_change_movies(tmp_path: Path) -> None:
    movie = situations.a_movie()
    client = Client()
    client.force_login(situations.a_staff_member("view_movie"))
    page = client.get(page_of(movie))
    assert (page.status_code, 'type="file"' in page.content.decode()) == (200, False)
    with nothing_changes():
        assert client.post(page_of(movie), form(movie, poster=a_file(a_picture()))).status_code == 403
    assert list(tmp_path.rglob("*")) == []
