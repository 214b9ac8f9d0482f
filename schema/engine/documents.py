"""Documents: checked against the limits, parsed, validated, and cached."""

from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema.engine import limits
from schema.engine.costs import Operation
from schema.engine.errors import NOT_NULL, unparsable
from schema.engine.text_validation import StorableLiterals


class NotNull(MaybeNullValidationRule):
    """Strawberry's rule, with a message in the words of the API."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(GraphQLError(NOT_NULL, error.nodes))


RULES = (*specified_rules, NotNull, OneOfInputValidationRule, StorableLiterals)
MAX_ERRORS = 20


class Invalid(Exception):
    def __init__(self, document: DocumentNode, errors: list[GraphQLError]) -> None:
        self.document = document
        self.errors = errors


class Documents(SchemaExtension):
    """Takes documents from the cache, and rejects a document over a limit before it is executed."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        schema = context.schema._schema  # noqa: SLF001 - Strawberry's own extensions reach for it the same way
        document, errors = read(context.query or "", schema)
        if not errors:
            # `operation_name` would be the name of the first operation if the client sent none.
            name = context._provided_operation_name  # noqa: SLF001 - as above
            check(Operation.of(document, schema, name=name, variables=context.variables or {}))
        context.graphql_document, context.pre_execution_errors = document, errors
        yield


def check(operation: Operation) -> None:
    """Check the limits that depend on the operation and its variables. Raises as `limits.check` does."""
    limits.check("cost", operation.cost)
    limits.check("credentialMutations", operation.credential_guesses)


def read(text: str, schema: GraphQLSchema) -> tuple[DocumentNode, list[GraphQLError]]:
    """The document and its validation errors.

    Raises a `GraphQLError` with its code if the document cannot be parsed or is over a limit. Only valid documents are
    cached, so that invalid ones cannot evict them.
    """
    try:
        return accepted(text, schema, suggestions=settings.DEBUG, introspection=settings.INTROSPECTION), []
    except Invalid as invalid:
        return invalid.document, invalid.errors


@lru_cache(maxsize=settings.DOCUMENT_CACHE_SIZE)
def accepted(text: str, schema: GraphQLSchema, *, suggestions: bool, introspection: bool) -> DocumentNode:
    try:
        limits.check_text(text)
        document = parse(text)
    except GraphQLSyntaxError as error:
        raise unparsable(error) from error
    limits.check_document(document)
    rules: list[type[ASTValidationRule]] = [*RULES, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
    errors = validate(schema, document, rules, max_errors=MAX_ERRORS, hide_suggestions=not suggestions)
    if errors:
        raise Invalid(document, errors)
    return document
