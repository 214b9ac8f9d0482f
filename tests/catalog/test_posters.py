"""Posters that staff upload: checked, resized, stored as files, and deleted when no movie shows them."""

import os
import time
from pathlib import Path

import pytest

from cinema.catalog import movies, pictures, poster_urls, posters
from cinema.core.errors import InvalidInput
from cinema.models import Movie
from tests import situations
from tests.catalog import uploads
from tests.catalog.movie_files import a_csv, load
from tests.catalog.uploads import BLUE, RED, a_picture, opened
from tests.rules import ChangeRules

pytestmark = pytest.mark.once

OTHER_SERVER = "https://example.com/a.jpg"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, change_rules: ChangeRules) -> Path:
    """The folder of the posters, which does not exist yet."""
    change_rules(media_root=tmp_path / "media")
    return tmp_path / "media" / "posters"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


def age_all(folder: Path) -> None:
    old = time.time() - posters.SECONDS_TO_SAVE - 1
    for path in folder.iterdir():
        os.utime(path, (old, old))


@pytest.mark.parametrize("kind", pictures.FORMATS)
def test_pictures_are_resized_to_webp_and_never_enlarged(kind: str) -> None:
    large, small = pictures.resized(a_picture(kind, (1500, 2250))), pictures.resized(a_picture(kind, (400, 600)))
    for by_width, sizes in ((large, [(640, 960), (320, 480)]), (small, [(400, 600), (320, 480)])):
        found = {width: opened(content) for width, content in by_width.items()}
        assert [found[width].size for width in pictures.WIDTHS] == sizes
        assert {(picture.format, picture.mode) for picture in found.values()} == {("WEBP", "RGB")}
    assert sum(map(len, large.values())) < 20_000


def test_pictures_of_every_mode_are_accepted() -> None:
    assert opened(pictures.resized(a_picture(progressive=True))[320]).size == (320, 480)
    for kind, mode in (("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA")):
        assert opened(pictures.resized(a_picture(kind, mode=mode))[320]).size == (320, 480)
    transparent = opened(pictures.resized(a_picture("PNG", mode="RGBA"))[320])
    assert transparent.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(("orientation", "corner"), [(1, BLUE), (3, RED), (6, RED), (8, BLUE)])
def test_photos_are_upright_and_have_no_metadata(orientation: int, corner: tuple[int, int, int]) -> None:
    content = uploads.with_metadata(orientation)
    assert uploads.SCRIPT in content
    by_width = pictures.resized(content)
    upright = opened(by_width[640])
    assert upright.size == ((640, 427) if orientation in {1, 3} else (600, 900))
    found = upright.getpixel((60, 5))
    assert isinstance(found, tuple)
    assert all(abs(one - other) < 40 for one, other in zip(found, corner, strict=True))
    assert not upright.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & upright.info.keys()
    assert all(uploads.SCRIPT not in picture for picture in by_width.values())


@pytest.mark.parametrize("content", uploads.polyglots().values(), ids=uploads.polyglots())
def test_nothing_but_the_picture_remains(content: bytes) -> None:
    by_width = pictures.resized(content)
    for picture in by_width.values():
        assert picture.startswith(b"RIFF")
        assert len(picture) == int.from_bytes(picture[4:8], "little") + 8
        assert b"script" not in picture
        assert b"PK\x03\x04" not in picture


@pytest.mark.parametrize(("content", "reason"), uploads.refused().values(), ids=uploads.refused())
def test_other_files_are_refused(folder: Path, content: bytes, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidInput) as refusal:
        posters.store(content)
    assert time.monotonic() - started < 2
    (error,) = refusal.value.fields
    assert (error.field, error.code) == ("poster", "invalid_image")
    assert reason in error.message
    assert files(folder) == []


def test_files_that_are_too_large_are_not_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posters, "MAX_BYTES", 1_000)
    with pytest.raises(InvalidInput) as refusal:
        posters.store(a_picture())
    assert refusal.value.fields[0].code == "max_size"
    assert files(folder) == []


def test_names_are_hashes_of_the_content(folder: Path) -> None:
    url = posters.store(a_picture())
    name = url.removeprefix(poster_urls.PATH)
    assert poster_urls.is_uploaded(url)
    assert files(folder) == sorted([name, name.replace("-640", "-320")])
    assert posters.read(name) == (folder / name).read_bytes()
    assert posters.store(a_picture()) == url
    assert posters.store(a_picture(size=(601, 900))) != url


@pytest.mark.parametrize("name", ["x.webp", "../../settings.py", "..", "", "a" * 32 + "-640.webp", "\0", "/etc/passwd"])
def test_only_stored_posters_are_read(folder: Path, name: str) -> None:
    posters.store(a_picture())
    (folder.parent / "settings.py").write_text("secret")
    assert posters.read(name) is None


@pytest.mark.django_db
def test_urls_for_clients_and_as_stored(folder: Path, change_rules: ChangeRules) -> None:
    url = posters.store(a_picture())
    assert [poster_urls.for_clients(each) for each in (url, OTHER_SERVER, "")] == [url, OTHER_SERVER, None]
    change_rules(media_origin="https://cinema.example")
    assert poster_urls.for_clients(url) == f"https://cinema.example{url}"
    assert poster_urls.for_clients(OTHER_SERVER) == OTHER_SERVER
    # A client can send back what it got, and the address of the server can change.
    movie = situations.a_movie(poster_url=f"https://cinema.example{url}")
    assert movie.poster_url == url
    assert movies.change(movie_id=movie.pk, poster_url=OTHER_SERVER).poster_url == OTHER_SERVER
    exported = f"title,release_date,duration_minutes,poster_url\nExported,2026-01-01,90,https://cinema.example{url}\n"
    load(a_csv(folder, exported))
    assert Movie.objects.get(title="Exported").poster_url == url
    for invalid in (
        "/media/posters/x.webp",
        f"/x{url}",
        f"{url}?a",
        "/etc/passwd",
        "javascript:alert(1)",
        "ftp://a.b/c",
    ):
        with pytest.raises(InvalidInput) as refusal:
            movies.change(movie_id=movie.pk, poster_url=invalid)
        assert [(error.field, error.code) for error in refusal.value.fields] == [("poster_url", "invalid")]


@pytest.mark.django_db
def test_files_that_no_movie_shows_are_deleted(folder: Path) -> None:
    shown, replaced, recent = (posters.store(a_picture(size=(width, 900))) for width in (610, 620, 630))
    movie, other = situations.a_movie(poster_url=replaced), situations.a_movie(poster_url=shown)
    movies.change(movie_id=movie.pk, poster_url=shown)
    (folder / "tmpincomplete").write_bytes(b"RIFF")
    assert posters.purge(at_most=100) == 0
    age_all(folder)
    # Uploaded again, and not saved yet.
    posters.store(a_picture(size=(630, 900)))
    assert posters.purge(at_most=2) == 2
    assert posters.purge(at_most=2) == 1
    assert posters.purge(at_most=2) == 0
    kept = {url.removeprefix(poster_urls.PATH) for url in (shown, recent)}
    assert set(files(folder)) == kept | {name.replace("-640", "-320") for name in kept}
    movies.remove(movie_id=movie.pk)
    movies.remove(movie_id=other.pk)
    age_all(folder)
    assert posters.purge(at_most=100) == 4
    assert files(folder) == []


@pytest.mark.django_db
def test_without_uploads_there_is_nothing_to_delete(folder: Path) -> None:
    assert posters.purge(at_most=100) == 0
    assert not folder.exists()
