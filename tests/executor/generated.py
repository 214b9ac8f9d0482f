"""Generates valid documents for any schema, with fragments, aliases, directives, and variables."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLCompositeType,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_composite_type,
    parse,
    validate,
)

# Examples of valid and invalid values of the scalars, as JSON. Strings are literals of the others, too.
SCALARS: dict[str, tuple[list[Any], list[Any]]] = {
    "Int": ([0, 1, 5, -3, 2**31 - 1], ["one", 1.5, 2**31, True, []]),
    "Float": ([0, 1.5, -2], ["x", True, {}]),
    "String": (["", "a", "é"], [1, True, ["a"]]),
    "Boolean": ([True, False], [0, "true"]),
    "ID": (["1", "x", 7], [1.5, True, {}]),
}
# How many values each variable gets.
REQUESTS = 3


@dataclass
class Generated:
    """A valid document, and several values for its variables, which may be missing or invalid."""

    text: str
    document: DocumentNode
    variables: list[dict[str, Any]]

    def __repr__(self) -> str:
        return "\n".join([self.text, *map(json.dumps, self.variables)])


def a_document(
    choose: Random,
    schema: GraphQLSchema,
    *,
    operation: OperationType = OperationType.QUERY,
    scalars: Mapping[str, tuple[list[Any], list[Any]]] | None = None,
    depth: int = 4,
    omit: Collection[str] = (),
) -> Generated:
    """A document with one operation.

    `scalars` has more examples, by the name of the scalar. Fields and optional arguments in `omit` are not used.
    """
    root = schema.get_root_type(operation)
    assert root is not None
    while True:
        writer = _Writer(choose, schema, {**SCALARS, **(scalars or {})}, omit)
        body = writer.selections(root, depth)
        declared = f"({', '.join(writer.declared)})" if writer.declared else ""
        text = "\n".join([f"{operation.value} Q{declared} {body}", *writer.fragments.values()])
        document = parse(text)
        if not validate(schema, document):
            return Generated(text, document, writer.values)


@dataclass
class _Writer:
    choose: Random
    schema: GraphQLSchema
    scalars: Mapping[str, tuple[list[Any], list[Any]]]
    omit: Collection[str]
    declared: list[str] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=lambda: [{} for _ in range(REQUESTS)])
    fragments: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)
    # The type of the last condition.
    narrowed: Any = None

    def one_of(self, choices: Any) -> Any:
        return self.choose.choice(list(choices))

    def chance(self, percent: int) -> bool:
        return self.choose.randrange(100) < percent

    def selections(self, type_: GraphQLCompositeType, depth: int) -> str:
        parts = [self.selection(type_, depth) for _ in range(self.choose.randint(1, 5))]
        return f"{{ {' '.join(parts)} }}"

    def selection(self, type_: GraphQLCompositeType, depth: int) -> str:
        kind = self.choose.randint(0, 9) if depth > 0 else 0
        if kind >= 8:
            return f"... {self.condition(type_)} {self.directives()} {self.selections(self.narrowed, depth - 1)}"
        if kind == 7:
            return f"...{self.fragment(type_, depth - 1)} {self.directives()}"
        return self.field_of(type_, depth)

    def condition(self, type_: GraphQLCompositeType) -> str:
        """`on` a type that objects of the type may have, or nothing. The type is then `narrowed`."""
        if self.chance(20):
            self.narrowed = type_
            return ""
        possible = [type_] if isinstance(type_, GraphQLObjectType) else list(self.schema.get_possible_types(type_))
        composite = [each for each in self.schema.type_map.values() if is_composite_type(each) and each.name[0] != "_"]
        overlapping = [each for each in composite if any(self._includes(each, one) for one in possible)]
        self.narrowed = self.one_of(overlapping)
        return f"on {self.narrowed.name}"

    def _includes(self, type_: Any, one: GraphQLObjectType) -> bool:
        return type_ is one or (
            isinstance(type_, GraphQLInterfaceType | GraphQLUnionType) and self.schema.is_sub_type(type_, one)
        )

    def fragment(self, type_: GraphQLCompositeType, depth: int) -> str:
        """The name of a new fragment, or of an earlier one: validation decides whether it fits here."""
        finished = [name for name, text in self.fragments.items() if text]
        if finished and self.chance(40):
            return str(self.one_of(finished))
        name = f"F{len(self.fragments)}"
        self.fragments[name] = ""
        condition = self.condition(type_) or f"on {type_.name}"
        self.fragments[name] = f"fragment {name} {condition} {self.selections(self.narrowed, depth)}"
        return name

    def field_of(self, type_: GraphQLCompositeType, depth: int) -> str:
        fields = {} if isinstance(type_, GraphQLUnionType) else type_.fields
        usable = [
            name
            for name, each in fields.items()
            if name not in self.omit and (depth > 0 or not is_composite_type(get_named_type(each.type)))
        ]
        # Fields with arguments or with subfields are preferred.
        composite = [name for name in usable if is_composite_type(get_named_type(fields[name].type))]
        with_arguments = [name for name in usable if fields[name].args]
        preferred = composite if self.chance(60) else with_arguments
        if preferred and self.chance(70):
            usable = preferred
        if not usable or self.chance(8):
            return f"__typename {self.directives()}"
        name = self.one_of(usable)
        definition = fields[name]
        arguments = [
            f"{key}: {self.value(argument.type, has_default=argument.default_value is not None)}"
            for key, argument in definition.args.items()
            if isinstance(argument.type, GraphQLNonNull) or (key not in self.omit and self.chance(60))
        ]
        in_brackets = f"({', '.join(arguments)})" if arguments else ""
        # Fields with the same key must have the same arguments.
        alias = f"a{len(self.declared)}_{self.choose.randint(0, 10**6)}: " if arguments or self.chance(10) else ""
        named = get_named_type(definition.type)
        below = self.selections(named, depth - 1) if is_composite_type(named) else ""
        return f"{alias}{name}{in_brackets} {self.directives()} {below}"

    def directives(self) -> str:
        if not self.chance(15):
            return ""
        name = self.one_of(["skip", "include"])
        value = self.one_of(["true", "false", self.one_of(["$c0", "$c1", "$c2"])])
        if value.startswith("$") and value not in self.conditions:
            self.conditions[value] = value
            kind = self.one_of(["Boolean!", "Boolean = true", "Boolean! = false"])
            self.declared.append(f"{value}: {kind}")
            choices = [True, False, *([None] if kind == "Boolean = true" else [])]
            for values in self.values:
                if "=" not in kind or self.chance(70):
                    values[value[1:]] = self.one_of(choices)
        return f"@{name}(if: {value})"

    def value(self, type_: GraphQLInputType, *, has_default: bool) -> str:
        if self.chance(30):
            return self.variable(type_, has_default=has_default)
        return self.literal(type_)

    def variable(self, type_: GraphQLInputType, *, has_default: bool) -> str:
        """The name of a new variable for an argument."""
        name = f"v{len(self.declared)}"
        kind = self.one_of(["required", "nullable", "default"])
        required = isinstance(type_, GraphQLNonNull)
        nullable = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        default = f" = {self.literal(nullable, null=False)}" if kind == "default" or self.chance(20) else ""
        # A nullable variable may be used where the variable or the argument has a default.
        strict = kind == "required" or (required and not default and not (has_default and self.chance(50)))
        self.declared.append(f"${name}: {nullable}{'!' if strict else ''}{default}")
        for values in self.values:
            valid = not self.chance(8)
            if valid and kind in ("nullable", "default") and self.chance(25):
                continue
            values[name] = self.json(type_, wrong=not valid)
        return f"${name}"

    def literal(self, type_: Any, *, null: bool = True) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self.literal(type_.of_type, null=False)
        if null and self.chance(15):
            return "null"
        if isinstance(type_, GraphQLList):
            return f"[{', '.join(self.literal(type_.of_type) for _ in range(self.choose.randint(0, 3)))}]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.one_of(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            values = [f"{name}: {self.literal(each)}" for name, each in self._chosen(type_)]
            return f"{{ {', '.join(values)} }}"
        return json.dumps(self.one_of(self.scalars[type_.name][0]), ensure_ascii=False)

    def json(self, type_: Any, *, wrong: bool) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self.json(type_.of_type, wrong=wrong)
        if isinstance(type_, GraphQLList):
            if wrong and self.chance(30):
                return {"a": 1}
            return [self.json(type_.of_type, wrong=wrong) for _ in range(self.choose.randint(0, 3))]
        if isinstance(type_, GraphQLEnumType):
            return "NOTHING" if wrong else self.one_of(type_.values)
        if isinstance(type_, GraphQLInputObjectType):
            extra = {"unknown": 1} if wrong and self.chance(30) else {}
            return {
                name: self.json(each, wrong=wrong and self.chance(50)) for name, each in self._chosen(type_)
            } | extra
        return self.one_of(self.scalars[type_.name][wrong])

    def _chosen(self, type_: GraphQLInputObjectType) -> list[tuple[str, Any]]:
        return [
            (name, each.type)
            for name, each in type_.fields.items()
            if isinstance(each.type, GraphQLNonNull) or self.chance(50)
        ]
