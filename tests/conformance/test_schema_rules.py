"""graphql-eslint finds no error in the schema, and finds each of the errors it should. `make check` runs it too."""

from pathlib import Path

from django.conf import settings

from tests import javascript

HERE = Path(__file__).parent
SDL = settings.BASE_DIR / "schema" / "schema.graphql"

# Each replacement in the schema, and the error that graphql-eslint must report.
ERRORS = [
    (
        "pageInfo: PageInfo!",
        "pageInfo: PageInfo",
        "`pageInfo` field must return a non-null `PageInfo` Object type. (@graphql-eslint/relay-connection-types)",
    ),
    (
        "cursor: String!",
        "cursor: [String!]!",
        (
            "Field `cursor` must return either a String, Scalar, or a non-null wrapper wrapper around one of those "
            "types. (@graphql-eslint/relay-edge-types)"
        ),
    ),
    (
        "first: Int = null",
        "first: String = null",
        "Argument `first` must return Int. (@graphql-eslint/relay-arguments)",
    ),
    (
        "hasNextPage: Boolean!",
        "hasNextPage: Boolean",
        "Field `hasNextPage` must return non-null Boolean. (@graphql-eslint/relay-page-info)",
    ),
    (
        "seatCount: Int!",
        "screenSeatCount: Int!",
        'Field "screenSeatCount" starts with the name of the parent type "Screen" (@graphql-eslint/no-typename-prefix)',
    ),
    (
        '  """Free"""\n',
        "",
        'Description is required for enum value "AVAILABLE" in enum "SeatStatus" (@graphql-eslint/require-description)',
    ),
    (
        "): BookSeatResult\n",
        "): BookSeatResult!\n",
        (
            'Unexpected non-null result union "BookSeatResult" in type "Mutation" '
            "(@graphql-eslint/require-nullable-result-in-root)"
        ),
    ),
    (
        "): BookingConnection\n",
        "): BookingConnection!\n",
        (
            'Unexpected non-null result type "BookingConnection" in type "Query" '
            "(@graphql-eslint/require-nullable-result-in-root)"
        ),
    ),
    (
        "seatsTotal: Int!",
        "seats_total: Int!",
        'Field "seats_total" should be in camelCase format (@graphql-eslint/naming-convention)',
    ),
    (
        '"""A person with an account."""\n',
        "",
        'Description is required for type "User" (@graphql-eslint/require-description)',
    ),
]


def lint_errors(file: Path) -> list[str]:
    """The errors in the order of the file, without line numbers."""
    lint = javascript.run(HERE / "lint.mjs", str(file))
    assert lint.stderr == ""
    return [line.partition(": ")[2] for line in lint.stdout.splitlines()]


def test_schema_has_no_errors() -> None:
    assert lint_errors(SDL) == []


def test_every_error_is_reported(tmp_path: Path) -> None:
    sdl = SDL.read_text()
    for valid, invalid, _ in ERRORS:
        assert valid in sdl
        sdl = sdl.replace(valid, invalid, 1)
    file = tmp_path / "schema.graphql"
    file.write_text(sdl)

    assert sorted(lint_errors(file)) == sorted(error for *_, error in ERRORS)
