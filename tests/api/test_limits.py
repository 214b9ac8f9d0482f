"""Limits on the size and depth of documents. A document that exceeds a limit is not executed."""

import json

import pytest
from graphql import parse
from pytest_django import DjangoAssertNumQueries, Settings

from cinema.models import User
from schema.engine import limits
from tests.api.exchanges import LOGIN_INPUT, message_of
from tests.api.limits import assert_too_complex, disable_limits, set_limit
from tests.conftest import Api
from tests.stored import nothing_changes


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    disable_limits(settings)


FRAGMENTS = """
{ me { ...A } ...B }
fragment A on User { id ...C }
fragment B on Query { b: me { ...A ...C } }
fragment C on User { username mail: email @include(if: true) }
"""

COUNTED: list[tuple[str, str, int]] = [
    ("characters", "{ me { id } }", 13),
    ("characters", "{ me { id } } # a comment", 25),
    ("lines", "{ me { id } }", 1),
    ("lines", "{ me {\n id\r }\r\n\n# a comment\n}", 6),
    # Not line terminators in GraphQL.
    ("lines", "{ me { id } } # \u2028 \x0b \x0c \x85", 1),
    ("tokens", "{ me { id } }", 6),
    ("tokens", "{ me { id } } # a comment, and commas,,,,,", 6),
    ("tokens", '{ movies(filter: { search: """a block""" }) { totalCount } }', 15),
    ("depth", "{ me { id } }", 2),
    ("depth", "{ me { ... { ... on User { id } } } }", 4),
    ("depth", "{ movies(filter: { search: [[[[1]]]] }) { totalCount } }", 7),
    ("depth", "query ($a: [[[Int]]]) { me { id } }", 4),
    # me, A, C
    ("depth", FRAGMENTS, 5),
    ("fields", "{ me { id id ... { id } } }", 4),
    # me id C(2), then b id C(2) C(2)
    ("fields", FRAGMENTS, 10),
    ("fields", "query A { me { id } } query B { me { id } }", 4),
    ("aliases", "{ a: me { b: id c: id id } }", 3),
    ("aliases", FRAGMENTS, 4),
    ("directives", "query ($a: Int @a @b) @c { me @d { ... @e { id @f } ...A @g } } fragment A on User @h { id }", 8),
    ("directives", FRAGMENTS, 3),
]


@pytest.mark.parametrize(("name", "document", "actual"), COUNTED)
def test_a_document_over_a_limit_is_refused(
    api: Api, settings: Settings, name: str, document: str, actual: int
) -> None:
    set_limit(settings, **{name: actual - 1})
    assert_too_complex(api(document, operationName="A"), name, limit=actual - 1, actual=actual)


@pytest.mark.parametrize(("name", "document", "actual"), COUNTED)
def test_a_document_at_a_limit_is_accepted(settings: Settings, name: str, document: str, actual: int) -> None:
    set_limit(settings, **{name: actual})
    limits.check_text(document)
    limits.check_document(parse(document))


def test_fragments_are_counted_without_expanding_them(api: Api) -> None:
    doubling = [f"fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60)]
    response = api(" ".join(["{ me { ...F0 } }", *doubling, "fragment F60 on User { id }"]))
    # More than 2**60 fields. The reported number is the largest Int.
    assert_too_complex(response, "fields", limit=100_000, actual=2**31 - 1)


def test_a_chain_of_fragments_counts_toward_the_depth(api: Api, settings: Settings) -> None:
    set_limit(settings, depth=25)
    chain = [f"fragment F{i} on User {{ ...F{i + 1} }}" for i in range(900)]
    response = api(" ".join(["{ me { ...F0 } }", *chain, "fragment F900 on User { id }"]))
    assert_too_complex(response, "depth", limit=25, actual=903)


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment F on User { ...F }",
        "fragment F on User { id ...G } fragment G on User { ... { ...F } }",
        "fragment F on User { ...G ...H } fragment G on User { ...H } fragment H on User { ...G id }",
    ],
)
def test_a_cycle_of_fragments_is_rejected_by_validation(api: Api, fragments: str) -> None:
    response = api(f"{{ me {{ ...F }} }} {fragments}")
    assert {error["extensions"]["code"] for error in response.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


# ------------------------------------------------------------------ credentials


def test_a_request_can_check_one_credential_only(api: Api, settings: Settings, buyer: User) -> None:
    set_limit(settings, credentialMutations=1)
    aliases = " ".join(f"a{i}: login(input: $input) {{ __typename }}" for i in range(40))
    with nothing_changes():
        response = api(f"mutation ($input: LoginInput!) {{ {aliases} }}", input=LOGIN_INPUT)
    assert_too_complex(response, "credentialMutations", limit=1, actual=40)


@pytest.mark.parametrize(
    "document",
    [
        """
        mutation ($a: LoginInput!) { ...A ...B }
        fragment A on Mutation { a: login(input: $a) { __typename } }
        fragment B on Mutation { ... { b: login(input: $a) { __typename } } }
        """,
        """
        mutation ($a: LoginInput!, $b: RefreshTokenInput!) {
          login(input: $a) { __typename } refreshToken(input: $b) { __typename }
        }
        """,
    ],
)
def test_all_credential_checks_of_a_request_are_counted(api: Api, settings: Settings, document: str) -> None:
    set_limit(settings, credentialMutations=1)
    with nothing_changes():
        response = api(document, a=LOGIN_INPUT, b={"refreshToken": "x"})
    assert_too_complex(response, "credentialMutations", limit=1, actual=2)


# ------------------------------------------------------------------ refused documents


def test_the_message_names_the_limit(api: Api, settings: Settings) -> None:
    set_limit(settings, aliases=1)
    response = api("{ a: __typename b: __typename }")
    assert message_of(response) == "The document is too complex. It has 2 aliases; at most 1 is allowed."
    assert response.status == 200


def test_a_document_over_a_limit_is_not_executed(
    api: Api, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    set_limit(settings, cost=250)
    with django_assert_num_queries(0):
        assert_too_complex(api("{ movies { nodes { title } } }"), "cost", limit=250, actual=272)


def test_a_response_that_is_too_large_is_refused(api: Api, settings: Settings) -> None:
    document = "{ __schema { types { name description } } }"
    size = len(json.dumps(api(document).body, separators=(",", ":")))
    settings.MAX_ANSWER_BYTES = size
    assert api(document).data
    settings.MAX_ANSWER_BYTES = size - 1
    assert_too_complex(api(document), "answerBytes", limit=size - 1, actual=size)
