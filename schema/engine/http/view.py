"""GraphQL over HTTP."""

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
from schema.engine.http import answers
from schema.engine.http.requests import GraphQLRequest, Refused, read

BY_SOCKET = "Subscriptions go over a WebSocket at this address, in the protocol graphql-transport-ws."
OPERATIONS = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}


# There is nothing to forge: no cookie is looked at, only the Authorization header.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """Answers in JSON, whatever comes in; and has the explorer for a browser that opens its address."""

    schema: Schema | None = None
    # Answers such a browser with a page.
    explorer: Callable[[HttpRequest], HttpResponse] | None = None

    def dispatch(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponseBase:
        if self.explorer is not None and settings.EXPLORER and answers.wants_page(request):
            return self.explorer(request)
        media_type = answers.media_type(request)
        if media_type is None:
            reason = f"The answer is {answers.JSON} or {answers.GRAPHQL_RESPONSE}."
            return answers.refusal(reason, status=406)
        try:
            return answers.answer(self._execute(request, read(request)), media_type=media_type)
        except Refused as refused:
            return answers.refusal(
                refused.reason, status=refused.status, media_type=media_type, headers=refused.headers
            )

    def _execute(self, request: HttpRequest, asked: GraphQLRequest) -> ExecutionResult:
        assert self.schema is not None
        try:
            return self.schema.execute_sync(
                asked.query,
                variable_values=asked.variables,
                operation_name=asked.operation_name,
                context_value=Context(request=request),
                allowed_operation_types=OPERATIONS[request.method or ""],
            )
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                return ExecutionResult(None, [GraphQLError(BY_SOCKET, extensions={"code": "BAD_USER_INPUT"})])
            raise Refused(405, "GET is for queries; everything else is POST.", {"Allow": "POST"}) from error
        except CannotGetOperationTypeError:
            return ExecutionResult(None, [GraphQLError(WHICH_OPERATION, extensions={"code": "BAD_USER_INPUT"})])
