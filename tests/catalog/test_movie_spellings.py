"""Searches find titles in other spellings."""
# ruff: noqa: RUF001 - similar characters on purpose

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests import situations
from tests.catalog.listings import titles
from tests.shared import shared

pytestmark = pytest.mark.django_db

SPELLINGS = {
    "Ocean’s Eleven": ["ocean’s", "ocean's", "oceans", "OCEAN`S", "ocean´s eleven"],
    "Catch-22": ["catch-22", "catch–22", "catch‐22", "catch 22", "catch22"],
    "Face/Off": ["face/off", "faceoff", "face off"],
    "WALL·E": ["walle", "wall-e", "wall·e"],
    "S.W.A.T.": ["swat", "s.w.a.t."],
    "M*A*S*H": ["mash", "m*a*s*h"],
    "Mission: Impossible – Fallout": ["impossible - fallout", "mission impossible", '"fallout"'],
    "L’Avventura": ["avventura", "l'avventura", "lavventura"],
    "Smørrebrød på Æbelø": ["smorrebrod", "SMØRREBRØD", "aebelo"],
    "Kış Uykusu": ["kis", "KIŞ", "kış", "KIS"],
    "İstanbul Kırmızısı": ["istanbul", "ISTANBUL", "İSTANBUL", "kirmizisi"],
    "Þórður": ["thordur"],
    "Στέλλα": ["ΣΤΕΛΛΑ", "στελλα"],
    "Ёлки": ["елки", "ЁЛКИ"],
    "Đường về": ["duong ve"],
    "スター・ウォーズ": ["スターウォーズ", "ｽﾀｰ", "ウォーズ"],
    "千と　千尋の神隠し": ["千尋", "神隠し"],
    "한국 영화": ["한국", "\u1112\u1161\u11ab국"],
    "❤️ Love": ["❤", "❤️"],
    "Müll\u00adtonne": ["mülltonne"],
}


@pytest.fixture(scope="module")
def spelled_movies(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with shared(lambda: [situations.a_movie(title) for title in SPELLINGS], django_db_blocker):
        yield


@pytest.mark.usefixtures("spelled_movies")
@pytest.mark.parametrize("title", SPELLINGS)
def test_movies_are_found_by_other_spellings(title: str) -> None:
    expected = " ".join(title.split())
    assert {search: titles(search=search) for search in SPELLINGS[title]} == {
        search: [expected] for search in SPELLINGS[title]
    }
