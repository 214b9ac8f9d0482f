"""GraphQL over HTTP."""

from typing import Any

from cross_web import HTTPException
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django_guid import get_guid
from strawberry.django.views import GraphQLView as StrawberryView

from schema.context import Context
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
            extensions = {"code": "BAD_REQUEST", "requestId": get_guid()}
            body = {"errors": [{"message": error.reason, "extensions": extensions}]}
            return JsonResponse(body, status=error.status_code)
