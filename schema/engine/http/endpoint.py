"""The GraphQL endpoint over HTTP."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from graphql import ExecutionResult, GraphQLError, OperationType
from strawberry import Schema

from schema.engine import execution
from schema.engine.context import Context
from schema.engine.http import compression, responses
from schema.engine.http.requests import BadRequest, GraphQLRequest, read

SUBSCRIPTION_OVER_HTTP = "Subscriptions need a WebSocket: connect to this URL with the graphql-transport-ws protocol."
NO_CODING = "Accept-Encoding must allow identity, br or gzip."
OPERATIONS = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}


class GraphQLEndpoint:
    """Returns JSON, or the explorer page if a browser opens the URL.

    CSRF protection is not needed: the endpoint does not read cookies, only the Authorization header.
    """

    def __init__(self, schema: Schema, *, explorer: Callable[[HttpRequest], HttpResponse]) -> None:
        """`explorer` returns the explorer page."""
        self._schema = schema
        self._explorer = explorer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.EXPLORER and responses.wants_page(request):
            return self._explorer(request)
        coding = compression.negotiate(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        media_type = responses.media_type(request)
        if coding is None:
            return responses.error_response(NO_CODING, status=406, media_type=media_type or responses.JSON)
        response = self._respond(request, media_type)
        compression.compress(response, coding)
        return response

    def _respond(self, request: HttpRequest, media_type: str | None) -> HttpResponse:
        if media_type is None:
            message = f"Accept must allow {responses.JSON} or {responses.GRAPHQL_RESPONSE}."
            return responses.error_response(message, status=406)
        try:
            return responses.result_response(self._execute(request, read(request)), media_type=media_type)
        except BadRequest as error:
            return responses.error_response(
                error.message, status=error.status, media_type=media_type, headers=error.headers
            )

    def _execute(self, request: HttpRequest, params: GraphQLRequest) -> ExecutionResult:
        try:
            return execution.execute(
                self._schema, params, Context(request=request), allowed=OPERATIONS[request.method or ""]
            )
        except execution.NotAllowed as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                return ExecutionResult(
                    None, [GraphQLError(SUBSCRIPTION_OVER_HTTP, extensions={"code": "BAD_USER_INPUT"})]
                )
            raise BadRequest(405, "Use GET for queries only. Send mutations with POST.", {"Allow": "POST"}) from error
