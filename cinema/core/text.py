import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Apostrophes, and what people type instead of one.
_APOSTROPHES = "'‘’‛‵′`´ʹʻʼʽʾʿ׳"  # noqa: RUF001 - similar characters on purpose
# Searches ignore these, and they do not separate words: "ocean's" is "oceans", "E.T." is "ET", and "M*A*S*H" is "MASH".
_JOINERS = f"{_APOSTROPHES}.*"
_TO_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
# Letters without a decomposition, for which Unicode has no plainer letter in its name as it has for "l with stroke".
_PLAIN = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ə": "e", "ĸ": "k"}  # noqa: RUF001 - no "i"
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC")


def normalized(text: str) -> str:
    """`text` in Unicode's form NFC, without leading, trailing and repeated spaces. Equal names are the same name."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def caseless(text: str) -> str:
    """`text` for comparisons that ignore case and extra spaces: "Ärger " and "ÄRGER" are equal, "Arger" is not."""
    # Decomposed first, because some letters fold differently with their accent attached.
    folded_case = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded_case).split())


def folded(text: str) -> str:
    """`text` as searches compare it: "AMÉLIE " is "amelie", "Łódź" is "lodz" and "Spider-Man's" is "spider mans".

    Case, punctuation, and the marks on Latin, Greek and Cyrillic letters are ignored. In other scripts, marks make
    different letters: "バ" is not "ハ". It is only for searching. Different names can have the same folded text.
    """
    return _folded(_plain(text))


def searchable(text: str) -> str:
    """The text in which `folded` words are searched: `folded(text)`, and then the other spellings of its words.

    "Spider-Man" can be found as "spiderman", and "L'Avventura" as "avventura". Each word follows a space, except the
    first. Other spellings follow a line break, which sorts before a space, so they do not change the order of texts.
    """
    spellings, plain = [], _plain(text)
    for word in plain.split():
        usual = _split(word, removed=_JOINERS)
        together, apart = ["".join(usual)], _split(word)
        spellings += [" ".join(pieces) for pieces in (together, apart) if pieces not in ([""], usual)]
    return f"{_folded(plain)}\n {' '.join(spellings)}" if spellings else _folded(plain)


def _folded(plain: str) -> str:
    words = [_split(word, removed=_JOINERS) for word in plain.split()]
    # Text without letters, such as "?", is its own name.
    return " ".join(piece for pieces in words for piece in pieces) or plain


def _plain(text: str) -> str:
    """`text` in lower case, without marks on letters of `_ALPHABETS` and without invisible characters."""
    # Apostrophes first, because some decompose into a space and a mark.
    joined = text.translate(_TO_ONE_APOSTROPHE)
    if joined.isascii():
        return " ".join(joined.lower().split())
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", joined).casefold())
    found: list[str] = []
    takes_marks = False
    for character in decomposed:
        kind = unicodedata.category(character)
        if kind == "Cf" or (kind == "Mn" and (takes_marks or _is_variation_selector(character))):
            continue
        if not kind.startswith("M"):
            takes_marks = unicodedata.name(character, "").startswith(_ALPHABETS)
        found.append(_letter(character) if takes_marks else character)
    return " ".join(unicodedata.normalize("NFC", "".join(found)).split())


def _split(word: str, removed: str = "") -> list[str]:
    """The parts of `word` between its punctuation. Characters in `removed` do not separate parts."""
    if word.isascii() and word.isalnum():
        return [word]
    kept = "".join(c for c in word if c not in removed)
    return "".join(" " if _is_punctuation(c) else c for c in kept).split()


def _is_punctuation(character: str) -> bool:
    # The sign in "100%" is part of the word.
    return character == "~" or (unicodedata.category(character).startswith("P") and character != "%")


def _is_variation_selector(character: str) -> bool:
    return unicodedata.name(character, "").startswith("VARIATION SELECTOR")


@lru_cache(maxsize=5_000)
def _letter(character: str) -> str:
    """The plainer letters for a small letter: "l" for "ł", whose name is LATIN SMALL LETTER L WITH STROKE."""
    plainer, _, addition = unicodedata.name(character, "").partition(" WITH ")
    try:
        return unicodedata.lookup(plainer) if addition else _PLAIN.get(character, character)
    except KeyError:
        return character


def on_one_line(value: object) -> str:
    """`value` as text without line breaks, for the log."""
    return " ".join(str(value).split())


def join_words(values: Iterable[object]) -> str:
    """The values as text: "A1, A2 and A3" for `["A1", "A2", "A3"]`. Empty if there are no values."""
    *most, last = [str(value) for value in values] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, noun: str) -> str:
    """`number` and `noun`, in the plural unless it is one: "1 seat", "3 seats", "0 seats"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def counted_each(numbers: Mapping[str, int]) -> str:
    """Nouns with their numbers, without those of which there are none: "2 bookings and 1 hold"."""
    return join_words([counted(number, noun) for noun, number in numbers.items() if number])
