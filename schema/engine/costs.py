"""The cost of an operation: an estimate of how many fields the server resolves for it.

Each field costs one. The cost of the fields of a list is multiplied by the requested page size, or by the usual length
of such a list. Slow work in the database or the domain costs extra. A field declares costs that differ from the
defaults in its definition: `strawberry.field(metadata=cost(list_length=25))`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from django.utils.functional import cached_property
from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    value_from_ast_untyped,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema.engine.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

# The length of a list that is not a page, unless its field declares another.
DEFAULT_LIST_LENGTH = 10
# The extra cost of a string with up to thousands of characters. Without it, a response could have a hundred megabytes.
LONG_TEXT_COST = 9
# The extra cost of a page or a count. It is charged once for a list of parents, because there is one query for all.
QUERY_COST = 250
MUTATION_COST = 400
COST = "cost"
# The `metadata` of a mutation that checks a password or a token. A request can have one of them, so counting requests
# counts guesses.
CREDENTIAL_GUESS: dict[str, object] = {"credential_guess": True}
# The `metadata` of a field that changes with every sale, so caches must ask the server before they use a response.
LIVE: dict[str, object] = {"live": True}
WHICH_OPERATION = (
    "`operationName` must be the name of one operation in the document. It can be omitted if there is only one."
)
# Introspection does not use the database, so a field has this fixed cost even if it is a list.
INTROSPECTION = ("__schema", "__type")
INTROSPECTION_FIELD = 10
# The arguments that determine the length of a list: the size of a page, or a list with one item for each result.
SIZE_ARGUMENTS = ("first", "last", "ids")
# The argument that determines the order of a list.
ORDER_ARGUMENT = "orderBy"


@dataclass(frozen=True)
class FieldCost:
    """The cost of resolving a field.

    `extra` is added each time the field is resolved. `once` is added once for each occurrence of the field in the
    document, regardless of the length of lists. The argument `length_of` is a list with one item for each item of the
    result; its length replaces `list_length`. `orders` are extra costs of orders of the list, by name, added once too.
    """

    list_length: int = DEFAULT_LIST_LENGTH
    length_of: str | None = None
    extra: int = 0
    once: int | None = None
    orders: Mapping[str, int] | None = None


def cost(
    *,
    list_length: int = DEFAULT_LIST_LENGTH,
    length_of: str | None = None,
    extra: int = 0,
    once: int | None = None,
    orders: Mapping[str, int] | None = None,
) -> dict[str, object]:
    """The `metadata` of a field whose cost differs from the default. See `FieldCost`."""
    assert length_of in (None, *SIZE_ARGUMENTS)
    return {COST: FieldCost(list_length=list_length, length_of=length_of, extra=extra, once=once, orders=orders)}


def declared_cost(field: GraphQLField | None) -> FieldCost:
    found = _metadata(field).get(COST, FieldCost())
    assert isinstance(found, FieldCost)
    return found


def is_credential_guess(field: GraphQLField) -> bool:
    return CREDENTIAL_GUESS.keys() <= _metadata(field).keys()


def is_live(field: GraphQLField | None) -> bool:
    return LIVE.keys() <= _metadata(field).keys()


def _metadata(field: GraphQLField | None) -> Mapping[Any, Any]:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None
    return definition.metadata if definition else {}


@dataclass(frozen=True)
class Operation:
    """An operation of a valid document within the limits of size and depth, and its variables."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    @classmethod
    def of(
        cls, document: DocumentNode, schema: GraphQLSchema, *, name: str | None, variables: Mapping[str, Any]
    ) -> Self:
        """The operation called `name`, or the only one. Raises a `GraphQLError` if there is no such operation."""
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        named = [each for each in operations if name is None or (each.name and each.name.value == name)]
        if len(named) != 1:
            raise GraphQLError(WHICH_OPERATION, extensions={"code": "BAD_USER_INPUT"})
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        return cls(schema, named[0], fragments, {**_defaults(named[0]), **variables})

    @property
    def cost(self) -> int:
        fields = self._of_selections(self.node.selection_set, self._root, page=1)
        return fields + sum(
            self._once(node, parent) for node, parent in self._below(self.node.selection_set, self._root)
        )

    @cached_property
    def size_variables(self) -> list[str]:
        """The names of the variables that request page sizes or lists of this length."""
        found = set()
        pending = [self.node.selection_set, *(fragment.selection_set for fragment in self.fragments.values())]
        while pending:
            for selection in pending.pop().selections:
                if isinstance(selection, FieldNode):
                    sizes = [each.value for each in selection.arguments if each.name.value in SIZE_ARGUMENTS]
                    found |= {value.name.value for value in sizes if isinstance(value, VariableNode)}
                below = getattr(selection, "selection_set", None)
                pending += [below] if below else []
        return sorted(found)

    @property
    def is_live(self) -> bool:
        """Whether it selects a live field."""
        fields = self._below(self.node.selection_set, self._root)
        return any(is_live(getattr(parent, "fields", {}).get(node.name.value)) for node, parent in fields)

    @property
    def credential_guesses(self) -> int:
        """The number of mutations in the operation that check a credential."""
        names = [field.name.value for field, _ in self._fields(self.node.selection_set, self._root)]
        return sum(is_credential_guess(self._root.fields[name]) for name in names if name in self._root.fields)

    @property
    def _root(self) -> GraphQLObjectType:
        root = self.schema.get_root_type(self.node.operation)
        assert root is not None
        return root

    def _fields(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> Iterator[tuple[FieldNode, Any]]:
        """Each field of `selections`, with fragments expanded, and its parent type."""
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                yield selection, parent
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                yield from self._fields(fragment.selection_set, self._type(fragment.type_condition.name.value))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                yield from self._fields(
                    selection.selection_set, self._type(condition.name.value) if condition else parent
                )

    def _below(
        self, selections: SelectionSetNode, parent: GraphQLNamedType
    ) -> Iterator[tuple[FieldNode, GraphQLObjectType]]:
        """Every field at any depth, and its parent type."""
        for node, of in self._fields(selections, parent):
            name = node.name.value
            yield node, of
            if node.selection_set and name not in INTROSPECTION:
                yield from self._below(node.selection_set, get_named_type(of.fields[name].type))

    def _once(self, node: FieldNode, parent: GraphQLObjectType) -> int:
        """The cost that is charged once for each occurrence of a field in the document."""
        name = node.name.value
        definition = getattr(parent, "fields", {}).get(name)
        declared = declared_cost(definition)
        if declared.once is not None:
            return declared.once
        if parent == self.schema.mutation_type:
            return MUTATION_COST
        if parent.name.endswith("Connection"):
            return QUERY_COST if name == "totalCount" else 0
        is_connection = definition is not None and get_named_type(definition.type).name.endswith("Connection")
        return QUERY_COST + self._of_order(node, declared.orders or {}) if is_connection else 0

    @staticmethod
    def _of_order(node: FieldNode, costs: Mapping[str, int]) -> int:
        """The extra cost of the order. For a variable, it is that of the most expensive order."""
        orders = [each.value for each in node.arguments if each.name.value == ORDER_ARGUMENT]
        if any(isinstance(order, VariableNode) for order in orders):
            return max(costs.values(), default=0)
        return sum(costs.get(order.value, 0) for order in orders if isinstance(order, EnumValueNode))

    def _of_selections(self, selections: SelectionSetNode, parent: GraphQLNamedType, page: int) -> int:
        return sum(self._of_field(node, of, page) for node, of in self._fields(selections, parent))

    def _of_field(self, node: FieldNode, parent: GraphQLObjectType, page: int) -> int:
        """The cost of a field. `page` is the page size if `parent` is a connection."""
        name = node.name.value
        if name in INTROSPECTION:
            return self._of_introspection(node)
        # A union has no fields but `__typename`.
        definition = getattr(parent, "fields", {}).get(name)
        declared = declared_cost(definition)
        times = 1
        if definition is not None and is_list_type(get_nullable_type(definition.type)):
            times = page if parent.name.endswith("Connection") else self._list_length(node, declared)
        if definition is None or not node.selection_set:
            return times * (1 + declared.extra)
        result = cast("GraphQLNamedType", get_named_type(definition.type))
        return 1 + declared.extra + times * self._of_selections(node.selection_set, result, self._page(node))

    def _of_introspection(self, node: FieldNode) -> int:
        below = 0
        pending = [node.selection_set]
        while pending:
            if selections := pending.pop():
                for each, _ in self._fields(selections, cast("Any", None)):
                    below += 1
                    pending.append(each.selection_set)
        return INTROSPECTION_FIELD * (1 + below)

    def _list_length(self, node: FieldNode, declared: FieldCost) -> int:
        return declared.list_length if declared.length_of is None else self._page(node)

    def _page(self, node: FieldNode) -> int:
        """The number of items that `node` requests with a size argument."""
        sizes = [page_size(self._value(each.value)) for each in node.arguments if each.name.value in SIZE_ARGUMENTS]
        return max((size for size in sizes if size is not None), default=DEFAULT_PAGE_SIZE)

    def _value(self, node: ValueNode) -> object:
        return self.variables.get(node.name.value) if isinstance(node, VariableNode) else value_from_ast_untyped(node)

    def _type(self, name: str) -> GraphQLNamedType:
        found = self.schema.get_type(name)
        assert found is not None
        return found


def page_size(value: object) -> int | None:
    """The page size in an argument, limited to the allowed range. None if the value is neither a number nor a list."""
    if isinstance(value, list):
        return min(len(value), MAX_PAGE_SIZE)
    # The value of an Int variable can be written as 100.0.
    return int(max(0, min(value, MAX_PAGE_SIZE))) if isinstance(value, int | float) else None


def _defaults(operation: OperationDefinitionNode) -> dict[str, object]:
    return {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions
        if each.default_value
    }
