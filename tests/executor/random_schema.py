"""A schema with everything that an executor must handle. The values and failures of its fields are random."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
import strawberry_django
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from cinema.core import errors
from schema.engine.errors import BadUserInput
from schema.engine.problems import PROBLEM_HANDLERS, Busy, InvalidInput, result
from schema.engine.scalars import SCALARS


class Text(str):
    """A subclass of `str`."""

    __slots__ = ()


class Custom(int):
    """A custom scalar. 0 is serialized as null, and 2 can be neither serialized nor parsed."""


class Printable:
    """An object that is serialized with `str` where the type is String or ID."""

    def __str__(self) -> str:
        return "printed"


@strawberry.enum
class Color(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = strawberry.enum_value("blue", name="AZURE")


def _serialize_custom(value: Any) -> Any:
    if value == 0:
        return None
    if value == 2:
        raise ValueError("2 is not valid")
    return [value]


def _parse_custom(value: Any) -> Any:
    if value == 2:
        raise ValueError("2 is not valid")
    return value


CUSTOM_SCALAR: dict[object, ScalarDefinition] = {
    Custom: strawberry.scalar(name="Custom", serialize=_serialize_custom, parse_value=_parse_custom)
}
FAILURES: list[Callable[[], Exception]] = [
    lambda: RuntimeError("broken"),
    lambda: GraphQLError("a GraphQL error", extensions={"code": "X", "more": [1]}),
    lambda: GraphQLError("located", path=["elsewhere", 1]),
    lambda: BadUserInput("bad"),
    lambda: errors.NotFound("show"),
    lambda: KeyError("key"),
    lambda: RecursionError("deep"),
]
# Valid values are repeated, so that not all fields fail.
VALUES: dict[str, list[Any]] = {
    "text": [*["a", "", "é\u2028"] * 5, Text("b"), 7, True, 1.5, float("nan"), b"x", Printable(), None, None, ["x"]],
    "number": [*[0, 5, -(2**31), 2**31 - 1] * 4, 2**31, True, 1.0, 1.5, "7", "x", "", Custom(3), None, None],
    "ratio": [*[0.5, -1.0] * 5, 3, True, "1.5", "x", float("inf"), float("nan"), None],
    "flag": [*[True, False] * 5, 0, 1.0, "true", None],
    "ident": [*["i", 7] * 5, True, 1.0, 1.5, Printable(), b"", None],
    "color": [*Color, *Color, "red", "blue", "RED", "nothing", 7, ["red"], None],
    "custom": [*[1, Custom(3), "x"] * 3, 0, 2, None],
    "at": [*[datetime(2026, 1, 1, tzinfo=UTC)] * 5, "2026", None],
}


class RandomFields:
    """Attributes that have not been set are random. Each depends only on `seed` and its name."""

    seed: str
    failure_percent: int

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return random_value(name, f"{self.seed}/{name}", self.failure_percent)


def random_failure(choose: random.Random) -> Exception:
    make = choose.choice(FAILURES)
    return make()


def random_value(name: str, seed: str, failure_percent: int) -> Any:
    """A value for the field `name`. Raises an error in `failure_percent` percent of the cases.

    In the same percentage of the other cases, it returns an error, null, or an invalid value.
    """
    choose = random.Random(seed)  # noqa: S311 - no secret
    if choose.randrange(100) < failure_percent:
        raise random_failure(choose)
    if choose.randrange(100) < failure_percent:
        return choose.choice([random_failure(choose), None, "nonsense", 7, object, [None], Printable()])
    kind = name.removesuffix("_required").removesuffix("_list").removesuffix("_matrix")
    if name.endswith("_matrix"):
        kind = f"{kind}_list"
    if name.endswith(("_list", "_matrix")):
        items = [_random_item(kind, f"{seed}/{index}", failure_percent) for index in range(choose.randrange(4))]
        collections: list[Callable[[list[Any]], Any]] = [list, list, tuple, iter]
        make = choose.choice(collections)
        return make(items)
    if kind in VALUES:
        values = VALUES[kind]
        return choose.choice(values[:5] if not failure_percent else values)
    return _random_object(kind, seed, failure_percent)


def _random_item(kind: str, seed: str, failure_percent: int) -> Any:
    try:
        return random_value(kind, seed, failure_percent)
    except Exception as error:  # noqa: BLE001 - an error in a list is an error of its item
        return error


def _random_object(kind: str, seed: str, failure_percent: int) -> Any:
    choose = random.Random(f"{seed}!")  # noqa: S311 - no secret
    classes: dict[str, list[type]] = {
        "leaf": [Leaf],
        "branch": [Branch],
        "named": [Leaf, Branch],
        "either": [Leaf, Branch, Standalone],
    }
    chosen = choose.choice(
        [Leaf, Branch, Standalone, NotInSchema] if choose.randrange(100) < failure_percent else classes[kind]
    )
    instance: Any = object.__new__(chosen)
    instance.seed, instance.failure_percent = seed, failure_percent
    return instance


class NotInSchema(RandomFields):
    """An object of no type in the schema."""


@strawberry.interface
class Named:
    text: str | None
    named: "Named | None"


@strawberry.type
class Leaf(Named, RandomFields):
    text_required: str
    number: int | None
    number_required: int
    ratio: float | None
    flag: bool | None
    ident: strawberry.ID | None
    color: Color | None
    color_required: Color
    custom: Custom | None
    at: datetime | None
    text_list: list[str] | None
    number_matrix: list[list[int | None]] | None

    @strawberry.field
    def computed(self) -> str | None:
        return f"{self.seed[-3:]}{self.number}"


@strawberry.input
class Pick:
    color: Color = Color.RED
    number: int | None = 3
    texts: list[str] = strawberry.field(default_factory=list)
    custom: Custom | None = None
    label: strawberry.Maybe[str]
    note: strawberry.Maybe[str | None]


@strawberry.input
class Picks:
    first: Pick
    others: list[Pick | None] = strawberry.field(default_factory=list)
    colors: list[Color] | None = None
    ident: strawberry.ID | None = strawberry.UNSET
    chosen: strawberry.Maybe[Pick]
    perhaps: strawberry.Maybe[Pick | None]
    more: "Picks | None" = None


Either = Annotated["Leaf | Branch | Standalone", strawberry.union("Either")]


@strawberry.type
class Branch(Named, RandomFields):
    number_required: int
    leaf: Leaf | None
    leaf_required: Leaf
    branch: "Branch | None"
    either: Either | None
    either_required: Either
    leaf_list: list[Leaf] | None
    branch_list: list["Branch | None"] | None
    named_list: list[Named] | None
    either_list_required: list[Either]
    leaf_matrix: list[list[Leaf] | None] | None

    @strawberry.field
    def info_data(self, info: strawberry.Info) -> str:
        """The data that a resolver can read from its `Info`."""
        raw = info._raw_info  # noqa: SLF001 - this is what is tested
        return repr((info.path, info.field_name, info.variable_values, str(raw.return_type), raw.parent_type.name))

    @strawberry.field
    def echo(  # noqa: PLR0917 - the arguments are what is tested
        root: strawberry.Parent[Any],  # noqa: N805 - like the resolvers of models
        text: str = "default",
        number: int | None = None,
        color: Color = Color.GREEN,
        numbers: list[int | None] | None = None,
        pick: Pick | None = None,
        custom: Custom | None = None,
    ) -> str:
        if number == 5:
            raise BadUserInput("not five")
        texts = pick.texts if pick else []
        texts.append("changed by the resolver")
        return repr((root.seed[-5:], text, number, color, numbers, pick, custom))

    @strawberry.field
    def echo_nested(self, picks: Picks | None, ident: strawberry.ID | None, text: strawberry.Maybe[str] = None) -> str:
        return repr((picks, ident, text))

    @strawberry.field
    def echo_required(self, number: int, color: Color, pick: Pick) -> str | None:
        return repr((number, color, pick))


@strawberry.type
class Standalone(RandomFields):
    text_required: str
    leaf: Leaf | None


@strawberry.type
class Query:
    branch: Branch | None
    branch_required: Branch
    either: Either | None
    named_list: list[Named | None] | None
    text: str | None


ChangeResult = result("ChangeResult", Leaf, InvalidInput, Busy)


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=ChangeResult)  # type: ignore[untyped-decorator]  # Strawberry's
    def change(self, info: strawberry.Info, pick: Pick) -> Any:
        executed = info.root_value.executed
        executed.append(repr(pick))
        return random_outcome(f"{info.root_value.seed}/{len(executed)}", info.root_value.failure_percent)

    @strawberry_django.mutation(graphql_type=ChangeResult)  # type: ignore[untyped-decorator]  # as above
    def change_model(self, info: strawberry.Info, picks: Picks) -> Any:
        executed = info.root_value.executed
        executed.append(repr(picks))
        return random_outcome(f"{info.root_value.seed}/{len(executed)}", info.root_value.failure_percent)

    @strawberry.mutation(graphql_type=ChangeResult | None)  # type: ignore[untyped-decorator]  # as above
    def change_nullable(self, info: strawberry.Info) -> Any:
        info.root_value.executed.append("change_nullable")
        return random_outcome(f"{info.root_value.seed}/change_nullable", info.root_value.failure_percent)


def random_outcome(seed: str, failure_percent: int) -> Any:
    choose = random.Random(seed)  # noqa: S311 - no secret
    if choose.randrange(2):
        raise choose.choice(
            [
                errors.Busy(retry_after_ms=100),
                errors.InvalidInput([]),
                errors.NotFound("show"),
                *(make() for make in FAILURES),
            ]
        )
    return _random_object("leaf", seed, failure_percent)


def a_root(seed: int, failure_percent: int) -> Any:
    root = object.__new__(Root)
    root.seed, root.failure_percent, root.executed = str(seed), failure_percent, []
    return root


class Root(RandomFields):
    """The root value. `executed` lists the mutations that were executed, in order."""

    executed: list[str]


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    exception_handlers=PROBLEM_HANDLERS,
    config=StrawberryConfig(scalar_map={**SCALARS, **CUSTOM_SCALAR}),
)
