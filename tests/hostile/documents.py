"""Documents: what a parser, the validation and an executor can be made to do by a few bytes."""

from collections.abc import Sequence

from tests.hostile.attack import FINE, INPUT, PARSE, VALIDATION, Attack, Crime, Outcome, at_a_field, limited, request

TOKENS = ("tokens", "characters")
SIZE = limited(*TOKENS)
DEPTH = limited(*TOKENS, "depth")
ALIASES = limited(*TOKENS, "aliases", "fields", "cost")
DIRECTIVES = limited(*TOKENS, "directives")
FIELDS = limited(*TOKENS, "fields", "cost", "depth")
SHORT_TITLE = "{ movies(first: 1) { nodes { title } } }"


def document(
    name: str,
    text: str,
    *right: Outcome,
    stock: Crime | None = None,
    variables: object = None,
    operation: str | None = None,
) -> Attack:
    more = {} if operation is None else {"operationName": operation}
    return Attack(name, right, request(text, variables, **more), stock=stock)


def times(count: int, text: str, between: str = " ") -> str:
    """`text` so often, with N replaced by a number."""
    return between.join(text.replace("N", str(n)) for n in range(count))


def nested(depth: int, before: str, inmost: str, after: str) -> str:
    return before * depth + inmost + after * depth


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


def long_ones() -> Sequence[Attack]:
    return [
        document("a comment of 900 KB", "{ __typename } #" + "x" * 900_000, FINE, SIZE),
        document("100,000 comments", "{ __typename }" + "\n#" * 100_000, FINE, SIZE),
        document("900 KB of commas", "{ __typename " + "," * 900_000 + "}", FINE, SIZE),
        document("900 KB of spaces", " " * 900_000 + "{ __typename }", FINE, SIZE),
        document("a name of 900 KB", "{ " + "x" * 900_000 + " }", SIZE, stock=Crime.LARGE),
        document("a text of 900 KB", '{ movies(after: "' + "x" * 900_000 + '") { totalCount } }', SIZE),
        document("a text of 100,000 escapes", '{ movies(after: "' + "\\u0041" * 100_000 + '") { totalCount } }', SIZE),
        document("a block of 900 KB", '{ movies(after: """' + "x" * 900_000 + '""") { totalCount } }', SIZE),
        document("a block of 100,000 lines", '{ movies(after: """' + " \n" * 100_000 + '""") { totalCount } }', SIZE),
        document(
            "a block of 100,000 quotes", '{ movies(after: """' + '\\"""' * 100_000 + '""") { totalCount } }', SIZE
        ),
        document(
            "an integer of 100,000 digits",
            "{ movies(first: " + "9" * 100_000 + ") { totalCount } }",
            SIZE,
            stock=Crime.LARGE,
        ),
        document(
            "an integer of 5,000 digits in a document",
            "{ movies(first: " + "9" * 5_000 + ") { totalCount } }",
            VALIDATION,
            SIZE,
            stock=Crime.LOGGED,
        ),
        document(
            "a fraction of 5,000 digits", "{ movies(first: 1." + "9" * 5_000 + ") { totalCount } }", VALIDATION, SIZE
        ),
        document("the fraction 1e999999999", "{ movies(first: 1e999999999) { totalCount } }", VALIDATION),
        document("the integer 2**63", f"{{ movies(first: {2**63}) {{ totalCount }} }}", VALIDATION),
        document("300,000 names", "{ " + "a " * 300_000 + "}", SIZE, stock=Crime.SLOW),
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
        document("a text of 100 unknown lines", times(100, "{ x }"), VALIDATION),
    ]


def directives() -> Sequence[Attack]:
    return [
        document(
            "20,000 directives on a field",
            "{ __typename " + "@include(if: true) " * 20_000 + "}",
            SIZE,
            stock=Crime.SLOW,
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


def fragments() -> Sequence[Attack]:
    doubling = "{ ...F0 } " + times(60, "fragment FN on Query { ...F+ ...F+ }")
    for n in range(60):
        doubling = doubling.replace("+", str(n + 1), 2)
    chain = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(300))
    last = " fragment F60 on Query { __typename }"
    everyone = " ".join(f"...F{n}" for n in range(20))
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
            "{ ...F0 } " + times(20, "fragment FN on Query { " + everyone + " }"),
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
        document("300 fragments in a chain", chain + " fragment F300 on Query { __typename }", FINE, DEPTH, FIELDS),
        document("300 fragments in a chain without an end", chain, VALIDATION, DEPTH, FIELDS),
        document(
            "300 fragments that nobody spreads",
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
        document("inline fragments 100 deep", nested(100, "{ ... ", "{ __typename }", "}"), DEPTH, FINE),
    ]


def overlaps() -> Sequence[Attack]:
    twice = "{ title }"
    for _ in range(7):
        twice = f"{{ shows {{ nodes {{ movie {twice} }} }} shows {{ nodes {{ movie {twice} }} }} }}"
    pairs = " ".join(f"...F{n}" for n in range(100))
    text = "x" * 2_000
    return [
        document("a field 300 times, with what is under it", "{ " + SHORT_TITLE.strip("{}") * 120 + "}", FIELDS, FINE),
        document("fields that overlap, seven levels of two", f"{{ movies {{ nodes {twice} }} }}", FIELDS),
        document(
            "200 fragments that overlap",
            f"{{ {pairs} }} " + times(100, "fragment FN on Query { movies { nodes { title } } }"),
            FIELDS,
            FINE,
        ),
        document(
            "400 fields of one name that overlap with long texts",
            "{ " + f'movies(after: "{text}") {{ totalCount }} ' * 400 + "}",
            FIELDS,
        ),
        document(
            "fields that overlap and differ",
            "{ " + times(150, "movies { nodes { aN: title x: title x: synopsis } }") + " }",
            VALIDATION,
            FIELDS,
            ALIASES,
            stock=Crime.LARGE,
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
            FINE,
        ),
    ]


def operations() -> Sequence[Attack]:
    ambiguous = (INPUT, VALIDATION)
    variables = times(1_000, "$aN: Int", ", ")
    return [
        document("100 operations without a name", times(100, "{ __typename }"), VALIDATION),
        document("100 operations, and none is chosen", times(100, "query AN { __typename }"), *ambiguous),
        document("two operations, and none is chosen", "query A { __typename } query B { __typename }", *ambiguous),
        document("100 operations of one name", times(100, "query A { __typename }"), VALIDATION, operation="A"),
        document("1,000 operations", times(1_000, "query AN { __typename }"), SIZE, operation="A1"),
        document("nothing but a fragment", "fragment F on Query { __typename }", *ambiguous, stock=Crime.NOT_JSON),
        document("a type definition", "type Query { a: Int }", *ambiguous, stock=Crime.NOT_JSON),
        document("a type definition beside a query", "{ __typename } type A { a: Int }", VALIDATION),
        document("an extension of the schema", "{ __typename } extend schema @a", VALIDATION),
        document("a subscription", "subscription { seatChanges { cursor } }", *ambiguous),
        document("1,000 variables", f"query ({variables}) {{ __typename }}", VALIDATION, SIZE),
        document("300 variables of one name", "query (" + "$a: Int " * 300 + ") { __typename }", VALIDATION, SIZE),
        document(
            "200 undefined variables",
            "query A { " + times(200, "movies(first: $aN) { totalCount }") + " }",
            VALIDATION,
            FIELDS,
        ),
        document(
            "a long name that 100 errors repeat",
            f"query {'A' * 20_000} {{ " + times(100, "bN: movies(first: $aN) { totalCount }") + " }",
            VALIDATION,
            SIZE,
            ALIASES,
            stock=Crime.LARGE,
        ),
        document(
            "a variable of an unknown type", "query ($a: Nothing) { movies(first: $a) { totalCount } }", VALIDATION
        ),
        document("a variable of an output type", "query ($a: Movie) { movies(first: $a) { totalCount } }", VALIDATION),
        document(
            "40 logins",
            "mutation { " + times(40, login("N")) + " }",
            limited("credentialMutations", *TOKENS, "aliases"),
        ),
        document("two logins", "mutation { " + times(2, login("N")) + " }", limited("credentialMutations")),
        document(
            "two logins, one through a fragment",
            "mutation { " + login("1") + " ...F } fragment F on Mutation { " + login("2") + " }",
            limited("credentialMutations"),
        ),
        document(
            "a fragment with a login, twice",
            "mutation { ...F ... { ...F } " + login("1") + " } fragment F on Mutation { " + login("2") + " }",
            limited("credentialMutations"),
        ),
    ]


def login(number: str) -> str:
    return f'a{number}: login(input: {{ username: "nobody", password: "wrong{number}" }}) {{ __typename }}'


def deep_ones() -> Sequence[Attack]:
    def listed(inmost: str) -> str:
        return f"{{ movies(filter: {inmost}) {{ totalCount }} }}"

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


def introspection() -> Sequence[Attack]:
    fields = nested(5, "fields { type { ", "name", " } }")
    return [
        document("types of fields of types, 5 deep", f"{{ __schema {{ types {{ {fields} }} }} }}", FIELDS, VALIDATION),
        document(
            "types of fields of types, 3 deep",
            "{ __schema { types { " + nested(3, "fields { type { ", "name", " } }") + " } } }",
            FIELDS,
            VALIDATION,
        ),
        document(
            "200 inner types",
            '{ __type(name: "Query") { ' + nested(200, "ofType { ", "name", " }") + " } }",
            FIELDS,
            VALIDATION,
        ),
        document("60 types by their names", "{ " + times(60, 'aN: __type(name: "Query") { name }') + " }", ALIASES),
        document(
            "possible types of possible types",
            "{ __schema { types { " + nested(3, "possibleTypes { interfaces { ", "name", " } }") + " } } }",
            FIELDS,
            VALIDATION,
        ),
        document(
            "types of fields through fragments",
            "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } }"
            " fragment B on __Type { fields { type { ...C } } } fragment C on __Type { fields { type { name } } }",
            FIELDS,
            VALIDATION,
        ),
        document("the meaning of an unknown type", '{ __type(name: "\\u0000") { name } }', VALIDATION, FINE),
    ]


def costly_ones() -> Sequence[Attack]:
    seats = "seatMap { rows { seats { label } } }"
    misspelled = "seatsAvailableInTheTheater"
    return [
        document(
            "100 movies with 100 shows with their seats",
            f"{{ movies(first: 100) {{ nodes {{ shows(first: 100) {{ nodes {{ {seats} }} }} }} }} }}",
            limited("cost"),
        ),
        document(
            "the same with sizes in variables",
            f"query ($n: Int!) {{ movies(first: $n) {{ nodes {{ shows(first: $n) {{ nodes {{ {seats} }} }} }} }} }}",
            limited("cost"),
            variables={"n": 100},
        ),
        document(
            "the same with sizes in defaults",
            "query ($n: Int = 100) { movies(last: $n) { edges { node { shows(last: $n) { edges { node { "
            f"{seats} }} }} }} }} }} }} }}",
            limited("cost"),
        ),
        document(
            "the same through fragments",
            "{ movies(first: 100) { nodes { ...M } } } fragment M on Movie { shows(first: 100) { nodes { ...S } } }"
            f" fragment S on Show {{ {seats} }}",
            limited("cost"),
        ),
        document(
            "three lists in one another",
            "{ theaters(first: 100) { nodes { " + nested(3, "screens { theater { ", "name", " } }") + " } } }",
            FINE,
            limited("cost"),
        ),
        document("400 misspelled fields", "{ shows { nodes { " + times(400, misspelled + "N") + " } } }", VALIDATION),
        document(
            "200 misspelled arguments",
            "{ movies(" + times(200, "orderrByyyyyyyyyyyyyyyyyyyyyyN: 1") + ") { totalCount } }",
            VALIDATION,
            SIZE,
        ),
        document(
            "100 misspelled types",
            "{ __typename " + times(100, "... on CreateTheaterResulttttttttN { a }") + " }",
            VALIDATION,
            FIELDS,
        ),
        document(
            "100 misspelled fields of an input",
            "{ movies(filter: { " + times(100, "showinggggOnnnnnnnnnnnnnnnnN: 1") + " }) { totalCount } }",
            VALIDATION,
        ),
        document(
            "a misspelled enum value of 20,000 letters",
            "{ movies(orderBy: " + "TITLE_ASC" * 2_000 + ") { totalCount } }",
            VALIDATION,
            SIZE,
        ),
        document("a misspelled field of 20,000 letters", "{ " + "movies" * 3_000 + " }", VALIDATION, SIZE),
        document(
            "pages larger than a list has",
            "{ movies(first: 1000000) { totalCount } }",
            at_a_field("BAD_USER_INPUT"),
            stock=Crime.LOGGED,
        ),
        document(
            "pages of less than nothing",
            "{ movies(first: -1) { totalCount } }",
            at_a_field("BAD_USER_INPUT"),
            stock=Crime.LOGGED,
        ),
        document(
            "the first and the last",
            "{ movies(first: 1, last: 1) { totalCount } }",
            at_a_field("BAD_USER_INPUT"),
            stock=Crime.LOGGED,
        ),
        document(
            "a chain of 120 theaters of screens",
            "{ theaters { nodes { " + nested(60, "screens { theater { ", "name", " } }") + " } } }",
            FIELDS,
        ),
    ]


DOCUMENTS = [
    *parse_failures(),
    *long_ones(),
    *directives(),
    *fragments(),
    *overlaps(),
    *operations(),
    *deep_ones(),
    *introspection(),
    *costly_ones(),
]
