"""Posters that staff upload, as files. Their names are hashes of their content, so browsers can cache them forever.

A file is written before the movie that shows it is changed. A file that no movie shows is deleted later: see `purge`.
"""

import os
import re
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cinema.catalog import pictures, poster_urls
from cinema.catalog.models import Movie
from cinema.catalog.rules import rules
from cinema.core.errors import InvalidInput

MAX_BYTES = 10_000_000
# A file is written before its movie is saved, so recent files are kept.
SECONDS_TO_SAVE = 3600
_is_name = re.compile(poster_urls.NAME).fullmatch


def store(content: bytes) -> str:
    """Store a picture that staff uploaded, in all widths. Returns the URL for `Movie.poster_url`.

    Raises `InvalidInput` for `poster` if the content is not a picture, or is too large.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput.of("poster", "max_size", f"The file must be at most {MAX_BYTES // 1_000_000} MB.")
    try:
        by_width = pictures.resized(content)
    except pictures.InvalidPicture as error:
        raise InvalidInput.of("poster", "invalid_image", str(error)) from error
    digest = sha256(b"".join(by_width.values())).hexdigest()[:32]
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for width, picture in by_width.items():
        _write(folder / f"{digest}-{width}.webp", picture)
    return f"{poster_urls.PATH}{digest}-{max(by_width)}.webp"


def read(name: str) -> bytes | None:
    """The picture with this file name, or None if there is none."""
    if not _is_name(name):
        return None
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        return None


def purge(*, at_most: int) -> int:
    """Delete files that no movie shows, except recent ones. Returns how many, at most `at_most`."""
    # Files first: a movie that is saved in between shows a recent file.
    old = [path for path in _folder().glob("*") if _is_old(path)]
    if not old:
        return 0
    uploaded = Movie.objects.filter(poster_url__startswith=poster_urls.PATH).values_list("poster_url", flat=True)
    shown = {_hash(url.removeprefix(poster_urls.PATH)) for url in uploaded.iterator()}
    unused = [path for path in old if _hash(path.name) not in shown][:at_most]
    for path in unused:
        # It may have been uploaded again since.
        if _is_old(path):
            path.unlink(missing_ok=True)
    return len(unused)


def _folder() -> Path:
    return rules().media_root / "posters"


def _hash(name: str) -> str:
    return name.partition("-")[0]


def _write(path: Path, content: bytes) -> None:
    """Write a file that is complete as soon as it exists. If it exists, it counts as recent from now on."""
    with suppress(FileNotFoundError):
        os.utime(path)
        return
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def _is_old(path: Path) -> bool:
    """Whether the file was last written a while ago."""
    try:
        return path.stat().st_mtime < time.time() - SECONDS_TO_SAVE
    except FileNotFoundError:
        return False
