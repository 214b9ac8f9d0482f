"""What graphql-eslint says of the schema (in `make check` too), and that it would say something."""

from pathlib import Path

from django.conf import settings

from tests import javascript

HERE = Path(__file__).parent
SDL = settings.BASE_DIR / "schema" / "schema.graphql"

# What is done to the schema, and what is to be said against it.
BREAKAGES = [
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


def complaints(file: Path) -> list[str]:
    """In the order of the file, without the numbers of the lines."""
    lint = javascript.run(HERE / "lint.mjs", str(file))
    assert lint.stderr == ""
    return [line.partition(": ")[2] for line in lint.stdout.splitlines()]


def test_the_schema_keeps_the_rules() -> None:
    assert complaints(SDL) == []


def test_a_schema_that_breaks_rules_is_complained_about(tmp_path: Path) -> None:
    sdl = SDL.read_text()
    for kept, broken, _ in BREAKAGES:
        assert kept in sdl
        sdl = sdl.replace(kept, broken, 1)
    file = tmp_path / "schema.graphql"
    file.write_text(sdl)

    assert sorted(complaints(file)) == sorted(complaint for *_, complaint in BREAKAGES)
