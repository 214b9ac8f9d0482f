"""The GraphQL endpoint over HTTP."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from graphql import ExecutionResult, GraphQLError, OperationType
from strawberry import Schema

from schema.engine import execution
from schema.engine.context import CONTEXT, Context, SocketContext, bearer_token
from schema.engine.errors import as_execution_error, log_server_errors
from schema.engine.http import caching, compression, responses
from schema.engine.http.requests import METHODS, BadRequest, GraphQLRequest, read
from schema.engine.sse.events import EVENT_STREAM
from schema.engine.sse.server import SUBSCRIPTION
from schema.engine.sse.stream import Subscription

SUBSCRIPTION_OVER_HTTP = (
    "Subscriptions need `Accept: text/event-stream`, or a WebSocket at this URL with the graphql-transport-ws protocol."
)
NO_CODING = "Accept-Encoding must allow identity, br or gzip."
# The key of the request header X-GraphQL-Cost.
COST_HEADER = "HTTP_X_GRAPHQL_COST"
OPERATIONS = {
    "GET": {OperationType.QUERY},
    "HEAD": {OperationType.QUERY},
    "POST": {OperationType.QUERY, OperationType.MUTATION},
}


class GraphQLEndpoint:
    """Returns JSON, or the explorer page if a browser opens the URL.

    CSRF protection is not needed: the endpoint does not read cookies, only the Authorization header.
    """

    def __init__(self, schema: Schema, *, explorer: Callable[[HttpRequest], HttpResponse]) -> None:
        """`explorer` returns the explorer page."""
        self._schema = schema
        self._explorer = explorer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return caching.empty(204, {"Allow": METHODS})
        response = self._response(request)
        if request.method == "HEAD":
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    def _response(self, request: HttpRequest) -> HttpResponse:
        if settings.EXPLORER and responses.wants_page(request):
            return self._explorer(request)
        coding = compression.negotiate(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        media_type = responses.media_type(request)
        if coding is None:
            return responses.error_response(NO_CODING, status=406, media_type=media_type or responses.JSON)
        response = self._respond(request, media_type)
        if SUBSCRIPTION not in request.META:
            compression.compress(response, coding)
        return response

    def _respond(self, request: HttpRequest, media_type: str | None) -> HttpResponse:
        if media_type is None:
            message = f"Accept must allow {responses.JSON}, {responses.GRAPHQL_RESPONSE} or {EVENT_STREAM}."
            return responses.error_response(message, status=406)
        context = Context(request=request)
        try:
            params = read(request)
            result = self._execute(context, params, media_type)
        except BadRequest as error:
            return responses.error_response(
                error.message, status=error.status, media_type=media_type, headers=error.headers
            )
        if result is None:
            return responses.start_of_stream()
        if request.META.get(COST_HEADER):
            result.extensions = execution.cost_extension(self._schema, params)
        response = responses.result_response(result, media_type=media_type)
        if request.method != "POST" and media_type != EVENT_STREAM and not result.errors and context.is_anonymous:
            is_live = execution.is_live(self._schema, params)
            return caching.public(request, response, max_age=0 if is_live else settings.PUBLIC_CACHE_SECONDS)
        return response

    def _execute(self, context: Context, params: GraphQLRequest, media_type: str) -> ExecutionResult | None:
        """The result of the operation. None if it is a subscription whose events the server sends."""
        request = context.request
        request.META[CONTEXT] = context
        try:
            return execution.execute(self._schema, params, context, allowed=OPERATIONS[request.method or ""])
        except execution.NotAllowed as error:
            if error.operation_type is not OperationType.SUBSCRIPTION:
                message = "Use GET for queries only. Send mutations with POST."
                raise BadRequest(405, message, {"Allow": "POST"}) from error
        if media_type != EVENT_STREAM:
            return ExecutionResult(None, [GraphQLError(SUBSCRIPTION_OVER_HTTP, extensions={"code": "BAD_USER_INPUT"})])
        try:
            viewer = context.viewer
        except Exception as error:  # noqa: BLE001 - internal errors are masked
            failure = GraphQLError(str(error), original_error=error)
            log_server_errors([failure])
            return ExecutionResult(None, [as_execution_error(failure)])
        token = bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
        request.META[SUBSCRIPTION] = Subscription(params, SocketContext(viewer), token)
        return None
