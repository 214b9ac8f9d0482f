"""Documents: limits, parsing, validation, plans, and the cache."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import cached_property
from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema.engine import limits, persisted
from schema.engine.costs import Operation, page_size
from schema.engine.errors import NOT_NULL, as_syntax_error
from schema.engine.executor.plan import Plan
from schema.engine.http.requests import GraphQLRequest
from schema.engine.pagination import MAX_PAGE_SIZE
from schema.engine.text_validation import StorableLiterals


class NotNull(MaybeNullValidationRule):
    """Strawberry's rule with another message."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(GraphQLError(NOT_NULL, error.nodes))


RULES = (*specified_rules, NotNull, OneOfInputValidationRule, StorableLiterals)
MAX_ERRORS = 20
# The number of costs that are cached for an operation: one for each page size.
MAX_COSTS = MAX_PAGE_SIZE + 1
# The memory of a document, measured: for each token with its part of the plans, and for each comment. The parser copies
# a long comment or string.
BYTES_OF_A_TOKEN = 2_500
BYTES_OF_A_COMMENT = 250
COPIES_OF_THE_TEXT = 2


SEVERAL_FIELDS = "several fields"


class Invalid(Exception):
    def __init__(self, document: DocumentNode, errors: list[GraphQLError]) -> None:
        self.document = document
        self.errors = errors


class PreparedOperation:
    """An operation of a valid document. Its costs and its plan are computed once for all requests."""

    def __init__(self, operation: Operation) -> None:
        self.node = operation.node
        self.plan = Plan(operation.schema, operation.node, operation.fragments)
        self.root_field = _root_field(operation)
        self._operation = operation
        self._credential_guesses = operation.credential_guesses
        # By the page sizes that the variables request.
        self._costs: dict[tuple[int | None, ...], int] = {}

    @cached_property
    def is_live(self) -> bool:
        """Whether it selects a live field (see `schema.engine.costs.LIVE`)."""
        return self._operation.is_live

    def check(self, variables: Mapping[str, Any]) -> None:
        """Check the limits that depend on the operation and its variables. Raises as `limits.check` does."""
        limits.check("cost", self.cost(variables))
        limits.check("credentialMutations", self._credential_guesses)

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The cost with these variables. It depends only on the page sizes in them."""
        all_variables = {**self._operation.variables, **variables}
        sizes = tuple(page_size(all_variables.get(name)) for name in self._operation.size_variables)
        known = self._costs.get(sizes)
        if known is None:
            if len(self._costs) >= MAX_COSTS:
                self._costs.clear()
            known = self._costs[sizes] = replace(self._operation, variables=all_variables).cost
        return known


def _root_field(operation: Operation) -> str:
    """What a valid operation is called in metrics. There are few such names: clients cannot invent root fields."""
    pending, names = list(operation.node.selection_set.selections), set()
    while pending:
        selection = pending.pop()
        if isinstance(selection, FieldNode):
            names.add(selection.name.value)
        elif isinstance(selection, InlineFragmentNode):
            pending += selection.selection_set.selections
        elif isinstance(selection, FragmentSpreadNode):
            pending += operation.fragments[selection.name.value].selection_set.selections
    if len(names) > 1:
        names.discard("__typename")
    return names.pop() if len(names) == 1 else SEVERAL_FIELDS


class Document:
    """A valid document within the limits of size and depth."""

    def __init__(self, node: DocumentNode, text: str, schema: GraphQLSchema, tokens: int) -> None:
        self.node = node
        self.text = text
        self._tokens = tokens
        self._schema = schema
        self._operations: dict[str | None, PreparedOperation] = {}

    @property
    def size(self) -> int:
        """The memory that it takes, as a number of tokens. There is at most one comment in each line."""
        text = COPIES_OF_THE_TEXT * sys.getsizeof(self.text) + BYTES_OF_A_COMMENT * limits.lines(self.text)
        return self._tokens + text // BYTES_OF_A_TOKEN

    def operation(self, name: str | None) -> PreparedOperation:
        """The operation called `name`, or the only one. Raises a `GraphQLError` if there is no such operation."""
        if name not in self._operations:
            self._operations[name] = PreparedOperation(Operation.of(self.node, self._schema, name=name, variables={}))
        return self._operations[name]


def read(request: GraphQLRequest, schema: GraphQLSchema) -> Document:
    """Parse and validate the document of a request.

    Raises a `GraphQLError` with a code if the document is not accepted, cannot be parsed or exceeds a limit, and
    `Invalid` if it is not valid. Only valid documents are cached, so that invalid ones cannot evict them.
    """
    text = persisted.text_of(request)
    document = read_cached(text, schema, suggestions=settings.DEBUG, introspection=settings.INTROSPECTION)
    if request.document_id is not None and request.query is not None:
        persisted.store(request.document_id, text)
    return document


def check_trusted(schema: GraphQLSchema) -> None:
    """Read every trusted document. Raises `ImproperlyConfigured` if one is not valid or exceeds a limit."""
    for document_id in settings.TRUSTED_DOCUMENTS or {}:
        try:
            read(GraphQLRequest(None, None, None, document_id), schema)
        except (Invalid, GraphQLError) as error:
            reason = (error.errors[0] if isinstance(error, Invalid) else error).message
            raise ImproperlyConfigured(f"TRUSTED_DOCUMENTS: {document_id}: {reason}") from error


@cached(LRUCache(settings.DOCUMENT_CACHE_TOKENS, getsizeof=lambda document: document.size), lock=Lock(), info=True)
def read_cached(text: str, schema: GraphQLSchema, *, suggestions: bool, introspection: bool) -> Document:
    try:
        tokens = limits.check_text(text)
        document = parse(text)
    except GraphQLSyntaxError as error:
        raise as_syntax_error(error) from error
    limits.check_document(document)
    rules: list[type[ASTValidationRule]] = [*RULES, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
    errors = validate(schema, document, rules, max_errors=MAX_ERRORS, hide_suggestions=not suggestions)
    if errors:
        raise Invalid(document, errors)
    return Document(document, text, schema, tokens)
