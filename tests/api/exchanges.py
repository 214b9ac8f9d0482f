"""Documents for tests of errors, and the messages of their responses."""

from tests.conftest import ApiResponse
from tests.situations import PASSWORD

LOGIN = "mutation Login($input: LoginInput!) { login(input: $input) { __typename } }"
BOOK_SEAT = "mutation Book($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
LOGIN_INPUT = {"username": "ada", "password": PASSWORD}


def message_of(response: ApiResponse) -> str:
    (error,) = response.body["errors"]
    return str(error["message"])
