"""Resolves the value of a field.

Strawberry wraps the resolver function of a field several times. If the wrappers do nothing, the function is called
directly. Other fields are resolved with the resolver in the schema, as in graphql-core.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from inspect import Parameter
from operator import attrgetter
from typing import Any, TypeAlias

from django.db.models import Model, QuerySet
from django.db.models.manager import BaseManager
from django.db.models.query_utils import DeferredAttribute
from graphql import default_field_resolver
from graphql.execution.values import get_argument_values
from strawberry import relay
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry_django.fields.field import StrawberryDjangoField
from strawberry_django.mutations.fields import DjangoMutationBase
from strawberry_django.relay import resolve_model_id
from strawberry_django.utils.typing import get_django_definition

from schema.engine.executor.arguments import arguments
from schema.engine.executor.completion import refuse_awaitable
from schema.engine.executor.run import Field, Place, Resolve, Run

# Returns the value of a field that needs only the parent object.
Get: TypeAlias = Callable[[Any], Any]

DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF
(NODE_ID,) = get_object_definition(relay.Node, strict=True).fields
NODE_TYPENAME = relay.Node.__dict__["resolve_typename"].__func__

# Classes of values that strawberry-django does not convert.
_unconverted: set[type] = set()


def getter(field: Field) -> Get | None:
    """The function for a field that needs only the parent object: an attribute or a resolver without arguments.

    None for other fields.
    """
    if field.name == "__typename":
        name = field.parent.name
        return lambda _: name
    declared = field.definition.extensions.get(DEFINITION)
    if declared is None or not _is_unwrapped(declared) or _handlers(field, declared):
        return None
    if declared.base_resolver is None:
        attribute = _attribute(declared)
        return attrgetter(attribute) if attribute else None
    if type(declared) is StrawberryField and _takes_only_parent(declared.base_resolver):
        return declared.base_resolver.wrapped_func
    return None


def resolver(field: Field) -> Resolve:
    """The function that resolves any field, with or without arguments."""
    declared = field.definition.extensions.get(DEFINITION)
    if declared is None or declared.base_resolver is None or not _is_unwrapped(declared):
        return _by_schema(field)
    if declared is NODE_ID and (model := _model_of(field)):
        return _global_id(field, model)
    return _with_handlers(field, declared, _by_function(field, declared, declared.base_resolver))


def _is_unwrapped(declared: StrawberryField) -> bool:
    """Whether the value of the field depends only on its function, and on its handlers of exceptions."""
    if declared.extensions or declared.is_subscription or declared.is_async:
        return False
    if type(declared) is DjangoMutationBase:
        return not declared.handle_errors
    if type(declared) is StrawberryDjangoField:
        return not (declared.is_connection or declared.is_paginated)
    return type(declared) is StrawberryField and declared.default_resolver is getattr


def _attribute(declared: StrawberryField) -> str | None:
    """The name of the attribute that is the value of a field without a resolver. None if there is no such attribute."""
    if not isinstance(declared, StrawberryDjangoField):
        return declared.python_name
    name = declared.django_name or declared.python_name
    model = declared.origin_django_type.model if declared.origin_django_type else None
    column = getattr(model, name, None)
    # Other descriptors are for files and relations, which strawberry-django converts.
    return name if type(column) is DeferredAttribute and column.field.attname == name else None


def _by_schema(field: Field) -> Resolve:
    definition = field.definition
    resolve_field = definition.resolve or default_field_resolver

    def resolve(source: Any, place: Place, run: Run) -> Any:
        values = get_argument_values(definition, field.nodes[0], run.variables)
        result = resolve_field(source, run.info(field, place), **values)
        refuse_awaitable(result)
        return result

    return resolve


def _by_function(field: Field, declared: StrawberryField, base: StrawberryResolver[Any]) -> Resolve:
    function: Callable[..., Any] = base.wrapped_func  # type: ignore[assignment]  # not a classmethod object: it is bound
    info_class = _converter(field).config.info_class
    values = arguments(field, declared, _converter(field))
    takes_self = base.self_parameter is not None
    parent_names = {each.name for each in (base.parent_parameter, base.root_parameter) if each}
    info_name = base.info_parameter.name if base.info_parameter else None

    def keyword_arguments(source: Any, place: Place, run: Run) -> dict[str, Any]:
        named = {**values(run), **dict.fromkeys(parent_names, source)}
        if info_name:
            named[info_name] = info_class(_raw_info=run.info(field, place), _field=declared)
        return named

    def call_with_all(source: Any, place: Place, run: Run) -> Any:
        named = keyword_arguments(source, place, run)
        return function(source, **named) if takes_self else function(**named)

    call: Resolve = (lambda source, _, __: function(source)) if _takes_only_parent(base) else call_with_all
    if not isinstance(declared, StrawberryDjangoField):
        return call

    def call_and_convert(source: Any, place: Place, run: Run) -> Any:
        result = call(source, place, run)
        if type(result) in _unconverted:
            return result
        info = info_class(_raw_info=run.info(field, place), _field=declared)
        return _convert(result, declared, {**keyword_arguments(source, place, run), "info": info})

    return call_and_convert


def _handlers(field: Field, declared: StrawberryField) -> Sequence[tuple[tuple[type[Exception], ...], Any]]:
    """The field's handlers of exceptions: mutations turn domain errors into problems."""
    return _converter(field)._get_field_exception_handlers(declared)  # noqa: SLF001 - Strawberry has no public API


def _with_handlers(field: Field, declared: StrawberryField, resolve: Resolve) -> Resolve:
    handlers, info_class = _handlers(field, declared), _converter(field).config.info_class
    if not handlers:
        return resolve

    def resolve_or_handle(source: Any, place: Place, run: Run) -> Any:
        try:
            return resolve(source, place, run)
        except Exception as error:
            handler = next((handler for types, handler in handlers if isinstance(error, types)), None)
            if handler is None:
                raise
            info = info_class(_raw_info=run.info(field, place), _field=declared)
            handled = handler.handle(error, field=declared, info=info)
            if handled is None:
                raise
            return handled

    return resolve_or_handle


def _takes_only_parent(base: StrawberryResolver[Any]) -> bool:
    parent = base.self_parameter or base.parent_parameter or base.root_parameter
    (*others,) = base.signature.parameters.values()
    return others == [parent] and others[0].kind is Parameter.POSITIONAL_OR_KEYWORD


def _convert(result: Any, declared: StrawberryDjangoField, arguments: dict[str, Any]) -> Any:
    """Convert the result of a resolver as strawberry-django does: evaluate functions, managers and querysets."""
    if callable(result):
        result = result()
    if isinstance(result, BaseManager):
        result = result.all()
    refuse_awaitable(result)
    if isinstance(result, QuerySet):
        return declared.get_queryset_hook(**arguments)(result)
    if not callable(result):
        _unconverted.add(type(result))
    return result


def _model_of(field: Field) -> type[Model] | None:
    """The model of the type if strawberry-django's default methods create its global IDs, otherwise None."""
    origin = field.parent.extensions[DEFINITION].origin
    django = get_django_definition(origin)
    has_default_ids = (
        django is not None
        and origin.resolve_typename.__func__ is NODE_TYPENAME
        and origin.resolve_id.__func__ is resolve_model_id
        and origin.resolve_id_attr() == "pk"
    )
    return django.model if django and has_default_ids else None


def _global_id(field: Field, model: type[Model]) -> Resolve:
    key, prefix = model._meta.pk.attname, field.parent.name
    fallback = _by_schema(field)

    def resolve(source: Any, place: Place, run: Run) -> Any:
        if type(source) is model and key in source.__dict__:
            return b64encode(f"{prefix}:{source.__dict__[key]}".encode()).decode()
        return fallback(source, place, run)

    return resolve


def _converter(field: Field) -> GraphQLCoreConverter:
    converter: GraphQLCoreConverter = field.schema.extensions[DEFINITION].schema_converter
    return converter
