"""The view of the GraphQL endpoint."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from schema.engine.context import Context
from schema.engine.costs import WHICH_OPERATION
from schema.engine.execution import Schema
from schema.engine.http import responses
from schema.engine.http.requests import BadRequest, GraphQLRequest, read

SUBSCRIPTION_OVER_HTTP = "Subscriptions need a WebSocket: connect to this URL with the graphql-transport-ws protocol."
OPERATIONS = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}


# CSRF protection is not needed: the view reads no cookies, only the Authorization header.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """Responds with JSON to any request, or with the explorer page to a browser that opens the URL."""

    schema: Schema | None = None
    # Returns the explorer page.
    explorer: Callable[[HttpRequest], HttpResponse] | None = None

    def dispatch(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponseBase:
        if self.explorer is not None and settings.EXPLORER and responses.wants_page(request):
            return self.explorer(request)
        media_type = responses.media_type(request)
        if media_type is None:
            message = f"The response is {responses.JSON} or {responses.GRAPHQL_RESPONSE}."
            return responses.error_response(message, status=406)
        try:
            return responses.result_response(self._execute(request, read(request)), media_type=media_type)
        except BadRequest as error:
            return responses.error_response(
                error.message, status=error.status, media_type=media_type, headers=error.headers
            )

    def _execute(self, request: HttpRequest, params: GraphQLRequest) -> ExecutionResult:
        assert self.schema is not None
        try:
            return self.schema.execute_sync(
                params.query,
                variable_values=params.variables,
                operation_name=params.operation_name,
                context_value=Context(request=request),
                allowed_operation_types=OPERATIONS[request.method or ""],
            )
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                return ExecutionResult(
                    None, [GraphQLError(SUBSCRIPTION_OVER_HTTP, extensions={"code": "BAD_USER_INPUT"})]
                )
            raise BadRequest(405, "Use GET for queries only. Send mutations with POST.", {"Allow": "POST"}) from error
        except CannotGetOperationTypeError:
            return ExecutionResult(None, [GraphQLError(WHICH_OPERATION, extensions={"code": "BAD_USER_INPUT"})])
