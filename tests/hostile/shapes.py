"""Deep documents, and short ones that expand: fragments and overlapping fields."""

from collections.abc import Sequence

from tests.hostile.attack import PARSE, SUCCESS, VALIDATION, Attack, Violation
from tests.hostile.documents import (
    ALIASES,
    DEPTH,
    FIELDS,
    SHORT_TITLE,
    SIZE,
    document,
    nested,
    times,
)


def fragments() -> Sequence[Attack]:
    doubling = "{ ...F0 } " + times(60, "fragment FN on Query { ...F+ ...F+ }")
    for n in range(60):
        doubling = doubling.replace("+", str(n + 1), 2)
    chain = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(300))
    last = " fragment F60 on Query { __typename }"
    all_spreads = " ".join(f"...F{n}" for n in range(20))
    return [
        document("a fragment that spreads itself", "{ ...F } fragment F on Query { ...F }", VALIDATION),
        document(
            "two fragments that spread each other",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
            VALIDATION,
        ),
        document(
            "a cycle through inline fragments and fields",
            "{ movies { nodes { ...A } } } fragment A on Movie { shows { nodes { ... on Show { movie { ...A } } } } }",
            VALIDATION,
        ),
        document(
            "100 fragments that spread one another in a ring",
            "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{(n + 1) % 100} }}" for n in range(100)),
            VALIDATION,
            DEPTH,
        ),
        document(
            "20 fragments that all spread all",
            "{ ...F0 } " + times(20, "fragment FN on Query { " + all_spreads + " }"),
            VALIDATION,
            FIELDS,
        ),
        document("60 fragments that each spread the next twice", doubling + last, FIELDS),
        document(
            "fragments that double under fields",
            "{ movies { nodes { ...F0 } } } "
            + " ".join(
                f"fragment F{n} on Movie {{ shows {{ nodes {{ movie {{ ...F{n + 1} }} }} }} ...F{n + 1} }}"
                for n in range(20)
            )
            + " fragment F20 on Movie { title }",
            FIELDS,
        ),
        document("300 fragments in a chain", chain + " fragment F300 on Query { __typename }", SUCCESS, DEPTH, FIELDS),
        document("300 fragments in a chain without an end", chain, VALIDATION, DEPTH, FIELDS),
        document(
            "300 fragments that are not used",
            "{ __typename } " + times(300, "fragment FN on Query { a }"),
            VALIDATION,
            SIZE,
        ),
        document(
            "300 fragments of one name",
            "{ __typename } " + "fragment F on Query { __typename } " * 300,
            VALIDATION,
            SIZE,
        ),
        document("an unknown fragment 500 times", "{ " + "...F " * 500 + "}", VALIDATION, FIELDS),
        document("one fragment 600 times", "{ " + "...F " * 600 + "} fragment F on Query { __typename }", FIELDS),
        document("inline fragments 600 deep", nested(600, "{ ... ", "{ __typename }", "}"), DEPTH),
        document("inline fragments 100 deep", nested(100, "{ ... ", "{ __typename }", "}"), DEPTH, SUCCESS),
    ]


def overlaps() -> Sequence[Attack]:
    twice = "{ title }"
    for _ in range(7):
        twice = f"{{ shows {{ nodes {{ movie {twice} }} }} shows {{ nodes {{ movie {twice} }} }} }}"
    pairs = " ".join(f"...F{n}" for n in range(100))
    text = "x" * 2_000
    return [
        document(
            "a field 300 times, with what is under it", "{ " + SHORT_TITLE.strip("{}") * 120 + "}", FIELDS, SUCCESS
        ),
        document("fields that overlap, seven levels of two", f"{{ movies {{ nodes {twice} }} }}", FIELDS),
        document(
            "200 fragments that overlap",
            f"{{ {pairs} }} " + times(100, "fragment FN on Query { movies { nodes { title } } }"),
            FIELDS,
            SUCCESS,
        ),
        document(
            "400 fields of one name that overlap with long strings",
            "{ " + f'movies(after: "{text}") {{ totalCount }} ' * 400 + "}",
            FIELDS,
        ),
        document(
            "fields that overlap and differ",
            "{ " + times(150, "movies { nodes { aN: title x: title x: synopsis } }") + " }",
            VALIDATION,
            FIELDS,
            ALIASES,
            stock=Violation.LARGE,
        ),
        document(
            "fields that overlap and differ, 120 of each other",
            "{ movies { nodes { " + times(120, 'x: shows(after: "N") { totalCount }') + " } } }",
            VALIDATION,
            FIELDS,
            ALIASES,
        ),
        document(
            "fields that overlap in inline fragments",
            "{ " + times(150, "... on Query { movies { nodes { title } } }") + " }",
            FIELDS,
            SUCCESS,
        ),
    ]


def deep_documents() -> Sequence[Attack]:
    def listed(innermost: str) -> str:
        return f"{{ movies(filter: {innermost}) {{ totalCount }} }}"

    return [
        document("5,000 selections deep", nested(5_000, "{a", "", "}"), DEPTH),
        document("600 selections deep", nested(600, "{a ", "{a}", "}"), DEPTH),
        document("100,000 opening braces", "{" * 100_000, PARSE, DEPTH),
        document("100 selections deep", nested(100, "{a", "", "}").replace("{}", "{b}"), DEPTH, PARSE),
        document("a list 900 deep", listed(nested(900, "[", "1", "]")), DEPTH, VALIDATION),
        document("a list 5,000 deep", listed(nested(5_000, "[", "1", "]")), DEPTH, VALIDATION),
        document("an object 600 deep", listed(nested(600, "{a:", "1", "}")), DEPTH, VALIDATION),
        document("a list 100 deep", listed(nested(100, "[", "1", "]")), DEPTH, VALIDATION),
        document(
            "a default 900 deep",
            f"query ($a: MovieFilter = {nested(900, '[', '1', ']')}) {{ movies(filter: $a) {{ totalCount }} }}",
            DEPTH,
            VALIDATION,
        ),
        document(
            "a type of lists 900 deep",
            f"query ($a: {nested(900, '[', 'Int', ']')}) {{ movies(first: $a) {{ totalCount }} }}",
            DEPTH,
            VALIDATION,
        ),
        document(
            "a type of lists 200 deep",
            f"query ($a: {nested(200, '[', 'Int', ']')}) {{ movies(first: $a) {{ totalCount }} }}",
            DEPTH,
            VALIDATION,
        ),
        document("movies of shows of movies, 10 deep", cycle(10), FIELDS),
        document("movies of shows of movies, 60 deep", cycle(60), FIELDS),
    ]


def cycle(depth: int) -> str:
    return "{ movies { nodes { " + nested(depth, "shows { nodes { movie { ", "title", " } } }") + " } } }"


SHAPES = [*fragments(), *overlaps(), *deep_documents()]
