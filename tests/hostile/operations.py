"""Documents that request too much: operations, logins, introspection, and nested lists."""

from collections.abc import Sequence

from tests.hostile.attack import INPUT, SUCCESS, VALIDATION, Attack, Violation, at_a_field, limited
from tests.hostile.documents import (
    ALIASES,
    FIELDS,
    SIZE,
    TOKENS,
    document,
    nested,
    times,
)


def operations() -> Sequence[Attack]:
    ambiguous = (INPUT, VALIDATION)
    variables = times(1_000, "$aN: Int", ", ")
    return [
        document("100 operations without a name", times(100, "{ __typename }"), VALIDATION),
        document("100 operations, without operationName", times(100, "query AN { __typename }"), *ambiguous),
        document("two operations, without operationName", "query A { __typename } query B { __typename }", *ambiguous),
        document("100 operations of one name", times(100, "query A { __typename }"), VALIDATION, operation="A"),
        document("1,000 operations", times(1_000, "query AN { __typename }"), SIZE, operation="A1"),
        document("only a fragment", "fragment F on Query { __typename }", *ambiguous, stock=Violation.NOT_JSON),
        document("a type definition", "type Query { a: Int }", *ambiguous, stock=Violation.NOT_JSON),
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
            stock=Violation.LARGE,
        ),
        document(
            "a variable of an unknown type", "query ($a: Unknown) { movies(first: $a) { totalCount } }", VALIDATION
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
    return f'a{number}: login(input: {{ username: "unknown", password: "wrong{number}" }}) {{ __typename }}'


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
        document("introspection of an unknown type", '{ __type(name: "\\u0000") { name } }', VALIDATION, SUCCESS),
    ]


def costly_documents() -> Sequence[Attack]:
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
            "three nested lists",
            "{ theaters(first: 100) { nodes { " + nested(3, "screens { theater { ", "name", " } }") + " } } }",
            SUCCESS,
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
        document(
            "an enum value with 60,000 times the text that is cut from messages",
            "query ($o: MovieOrder) { movies(orderBy: $o) { totalCount } }",
            INPUT,
            variables={"o": " Did you mean " * 60_000},
            stock=Violation.LARGE,
        ),
        document("the largest allowed number of counts", "{ " + times(38, "aN: shows { totalCount }") + " }", SUCCESS),
        document(
            "the largest allowed number of seat maps",
            "{ shows(first: 6) { nodes { seatMap { rows { seats { label } } } } } }",
            SUCCESS,
        ),
        document("a misspelled field of 20,000 letters", "{ " + "movies" * 3_000 + " }", VALIDATION, SIZE),
        document(
            "a page size above the maximum",
            "{ movies(first: 1000000) { totalCount } }",
            at_a_field("BAD_USER_INPUT"),
            stock=Violation.LOGGED,
        ),
        document(
            "a negative page size",
            "{ movies(first: -1) { totalCount } }",
            at_a_field("BAD_USER_INPUT"),
            stock=Violation.LOGGED,
        ),
        document(
            "both first and last",
            "{ movies(first: 1, last: 1) { totalCount } }",
            at_a_field("BAD_USER_INPUT"),
            stock=Violation.LOGGED,
        ),
        document(
            "a chain of 120 theaters of screens",
            "{ theaters { nodes { " + nested(60, "screens { theater { ", "name", " } }") + " } } }",
            FIELDS,
        ),
    ]


OPERATIONS = [*operations(), *introspection(), *costly_documents()]
