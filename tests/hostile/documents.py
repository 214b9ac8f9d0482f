"""Long documents, and short ones that cost the parser or the validation much time."""

from collections.abc import Sequence

from tests.hostile.attack import PARSE, SUCCESS, VALIDATION, Attack, Outcome, Violation, limited, request

TOKENS = ("tokens", "characters", "lines")
SIZE = limited(*TOKENS)
DEPTH = limited(*TOKENS, "depth")
ALIASES = limited(*TOKENS, "aliases", "fields", "cost")
DIRECTIVES = limited(*TOKENS, "directives")
FIELDS = limited(*TOKENS, "fields", "cost", "depth")
SHORT_TITLE = "{ movies(first: 1) { nodes { title } } }"


def document(
    name: str,
    text: str,
    *outcomes: Outcome,
    stock: Violation | None = None,
    variables: object = None,
    operation: str | None = None,
) -> Attack:
    more = {} if operation is None else {"operationName": operation}
    return Attack(name, outcomes, request(text, variables, **more), stock=stock)


def times(count: int, text: str, between: str = " ") -> str:
    """`text` repeated `count` times, with N replaced by a number."""
    return between.join(text.replace("N", str(n)) for n in range(count))


def nested(depth: int, before: str, innermost: str, after: str) -> str:
    return before * depth + innermost + after * depth


def parse_failures() -> Sequence[Attack]:
    return [
        document(f"the document {text[:30]!r}", text, PARSE, stock=stock)
        for text, stock in [
            ("{", None),
            ("}", None),
            ("{}", None),
            ("#", None),
            ("{ a(", None),
            ("{ ... }}", None),
            ("{ a(b: $) }", None),
            ("{ é }", None),
            ("{ a\0 }", None),
            ("\0", None),
            ("{ \ud800 }", None),
            ('{ a(b: "\ud800") }', None),
            ('{ a(b: "\\uD800") }', None),
            ('{ a(b: "\\u{110000}") }', None),
            ('{ a(b: "\\u{D800}") }', None),
            ('{ a(b: "\\x") }', None),
            ('{ a(b: "', None),
            ('{ a(b: """', None),
            ("{ a(b: 01) }", None),
            ("{ a(b: 1.) }", None),
            ("{ a(b: 1e) }", None),
            ("{ a(b: -) }", None),
            ("{ a(b: 0x1F) }", None),
            ("fragment on on on { a }", None),
            ("query ($a: ) { a }", None),
            ("\u202e{ __typename }", None),
            ("\u200b{ __typename }", None),
            ("mutation", None),
        ]
    ]


def amount(literal: str) -> str:
    price = f"{{ category: STANDARD, amount: {literal} }}"
    return f'mutation {{ updateShow(input: {{ showId: "U2hvdzox", prices: [{price}] }}) {{ __typename }} }}'


def long_documents() -> Sequence[Attack]:
    return [
        document("a comment of 900 KB", "{ __typename } #" + "x" * 900_000, SUCCESS, SIZE),
        document("100,000 comments", "{ __typename }" + "\n#" * 100_000, SUCCESS, SIZE),
        document("900 KB of commas", "{ __typename " + "," * 900_000 + "}", SUCCESS, SIZE),
        document("900 KB of spaces", " " * 900_000 + "{ __typename }", SUCCESS, SIZE),
        document("a name of 900 KB", "{ " + "x" * 900_000 + " }", SIZE, stock=Violation.LARGE),
        document("a string of 900 KB", '{ movies(after: "' + "x" * 900_000 + '") { totalCount } }', SIZE),
        document(
            "a string of 100,000 escapes", '{ movies(after: "' + "\\u0041" * 100_000 + '") { totalCount } }', SIZE
        ),
        document("a block of 900 KB", '{ movies(after: """' + "x" * 900_000 + '""") { totalCount } }', SIZE),
        document("a block of 100,000 lines", '{ movies(after: """' + " \n" * 100_000 + '""") { totalCount } }', SIZE),
        document(
            "a block of 100,000 quotes", '{ movies(after: """' + '\\"""' * 100_000 + '""") { totalCount } }', SIZE
        ),
        document(
            "an integer of 100,000 digits",
            "{ movies(first: " + "9" * 100_000 + ") { totalCount } }",
            SIZE,
            stock=Violation.LARGE,
        ),
        document(
            "an integer of 5,000 digits in a document",
            "{ movies(first: " + "9" * 5_000 + ") { totalCount } }",
            VALIDATION,
            SIZE,
            stock=Violation.LOGGED,
        ),
        document(
            "a fraction of 5,000 digits", "{ movies(first: 1." + "9" * 5_000 + ") { totalCount } }", VALIDATION, SIZE
        ),
        document("the fraction 1e999999999", "{ movies(first: 1e999999999) { totalCount } }", VALIDATION),
        document("the integer 2**63", f"{{ movies(first: {2**63}) {{ totalCount }} }}", VALIDATION),
        document("24,000 lines of comments", "{ __typename }" + "\n#" * 24_000, SIZE),
        document(
            "40 errors after 40,000 lines", "\n" * 40_000 + "{ " + times(40, "aN: nothing ") + "}", SIZE, VALIDATION
        ),
        document(
            "40 fields that overlap after 1,900 lines",
            "\n" * 1_900 + "{ " + times(40, "a: movies(first: N) { totalCount } ") + "}",
            VALIDATION,
        ),
        document("300,000 names", "{ " + "a " * 300_000 + "}", SIZE, stock=Violation.SLOW),
        document("20,000 repeated fields", "{ " + "__typename " * 20_000 + "}", SIZE),
        document("600 repeated fields", "{ " + "__typename " * 600 + "}", FIELDS),
        document("10,000 aliases", "{ " + times(10_000, "aN: __typename") + " }", SIZE),
        document("300 aliases", "{ " + times(300, "aN: __typename") + " }", ALIASES),
        document("300 aliases of a list", "{ " + times(300, "aN: movies { totalCount }") + " }", ALIASES),
        document(
            "one alias of 100 fields",
            "{ " + times(100, "a: movies(first: N) { totalCount }") + " }",
            VALIDATION,
            ALIASES,
        ),
        document("a string of 100 unknown lines", times(100, "{ x }"), VALIDATION),
    ]


def directives() -> Sequence[Attack]:
    return [
        document(
            "20,000 directives on a field",
            "{ __typename " + "@include(if: true) " * 20_000 + "}",
            SIZE,
            stock=Violation.SLOW,
        ),
        document(
            "100 directives on a field", "{ __typename " + "@include(if: true) " * 100 + "}", DIRECTIVES, VALIDATION
        ),
        document("a directive on each of 200 fields", "{ " + "__typename @skip(if: false) " * 200 + "}", DIRECTIVES),
        document("10,000 unknown directives", "{ __typename " + times(10_000, "@aN") + "}", SIZE),
        document("an unknown directive 900 times", "{ __typename " + "@a " * 900 + "}", DIRECTIVES),
        document("300 directives on an operation", "query " + "@a " * 300 + "{ __typename }", DIRECTIVES),
        document(
            "300 directives on a variable",
            "query ($a: Int " + "@a " * 300 + ") { movies(first: $a) { totalCount } }",
            DIRECTIVES,
        ),
        document(
            "300 directives on a fragment",
            "{ ...F } fragment F on Query " + "@a " * 300 + "{ __typename }",
            DIRECTIVES,
        ),
    ]


DOCUMENTS = [*parse_failures(), *long_documents(), *directives()]
