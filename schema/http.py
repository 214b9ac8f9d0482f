"""GraphQL over HTTP."""

import json
from typing import Any

from cross_web import HTTPException
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django_guid import get_guid
from strawberry.django.views import GraphQLView as StrawberryView
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from schema.context import Context
from schema.errors import masked
from schema.root import schema


# There is nothing to forge: no cookie is looked at, only the Authorization header.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(StrawberryView[Context, None]):
    schema = schema

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"schema": schema, **kwargs})

    def get_context(self, request: HttpRequest, response: HttpResponse) -> Context:
        return Context(request=request, response=response)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return self.run(request=request)
        except HTTPException as error:
            return _refusal(error.status_code, error.reason)
        except RequestDataTooBig:
            return _refusal(413, "The request is too large.")
        except UnicodeDecodeError:
            return _refusal(400, "The request is not UTF-8.")

    def process_result(self, request: HttpRequest, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Also masks what failed outside of every field: Strawberry answers that past our `ErrorCodes`."""
        result.errors = [error if error.extensions else masked(error) for error in result.errors or []]
        return super().process_result(request, result)

    def decode_json(self, data: str | bytes) -> object:
        """The body, or `variables` in the URL: an object, even where null was sent."""
        try:
            decoded = json.loads(data)
        except RecursionError as error:
            raise HTTPException(400, "The JSON is nested too deeply.") from error
        if decoded is None:
            return {}
        if not isinstance(decoded, dict | list):
            raise HTTPException(400, "A request is a JSON object.")
        return decoded


def _refusal(status: int, reason: str) -> JsonResponse:
    extensions = {"code": "BAD_USER_INPUT", "requestId": get_guid()}
    return JsonResponse({"errors": [{"message": reason, "extensions": extensions}]}, status=status)
