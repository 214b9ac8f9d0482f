"""A schema with everything that an executor must handle. The values and failures of its fields are random."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
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


class Odd(int):
    """A scalar for which some values cannot be serialized."""


class Shown:
    """It can be a String or an ID."""

    def __str__(self) -> str:
        return "shown"


@strawberry.enum
class Color(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = strawberry.enum_value("blue", name="AZURE")


def _serialize_odd(value: Any) -> Any:
    if value == 0:
        return None
    if value == 2:
        raise ValueError("two is even")
    return [value]


def _parse_odd(value: Any) -> Any:
    if value == 2:
        raise ValueError("two is even")
    return value


ODD: dict[object, ScalarDefinition] = {
    Odd: strawberry.scalar(name="Odd", serialize=_serialize_odd, parse_value=_parse_odd)
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
    "text": [*["a", "", "é\u2028"] * 5, Text("b"), 7, True, 1.5, float("nan"), b"x", Shown(), None, None, ["x"]],
    "number": [*[0, 5, -(2**31), 2**31 - 1] * 4, 2**31, True, 1.0, 1.5, "7", "x", "", Odd(3), None, None],
    "ratio": [*[0.5, -1.0] * 5, 3, True, "1.5", "x", float("inf"), float("nan"), None],
    "flag": [*[True, False] * 5, 0, 1.0, "true", None],
    "ident": [*["i", 7] * 5, True, 1.0, 1.5, Shown(), b"", None],
    "color": [*Color, *Color, "red", "blue", "RED", "nothing", 7, ["red"], None],
    "odd": [*[1, Odd(3), "x"] * 3, 0, 2, None],
    "at": [*[datetime(2026, 1, 1, tzinfo=UTC)] * 5, "2026", None],
}


class Random:
    """Attributes that were not set are random. They are the same for the same seed."""

    seed: str
    trouble: int

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return value(name, f"{self.seed}/{name}", self.trouble)


def failure(choose: random.Random) -> Exception:
    make = choose.choice(FAILURES)
    return make()


def value(name: str, seed: str, trouble: int) -> Any:
    """The value of the field. In `trouble` of 100 cases it raises or returns an error, null, or an invalid value."""
    choose = random.Random(seed)  # noqa: S311 - no secret
    if choose.randrange(100) < trouble:
        raise failure(choose)
    if choose.randrange(100) < trouble:
        return choose.choice([failure(choose), None, "nonsense", 7, object, [None], Shown()])
    kind = name.removesuffix("_required").removesuffix("_list").removesuffix("_matrix")
    if name.endswith("_matrix"):
        kind = f"{kind}_list"
    if name.endswith(("_list", "_matrix")):
        items = [_item(kind, f"{seed}/{index}", trouble) for index in range(choose.randrange(4))]
        collections: list[Callable[[list[Any]], Any]] = [list, list, tuple, iter]
        make = choose.choice(collections)
        return make(items)
    if kind in VALUES:
        values = VALUES[kind]
        return choose.choice(values[:5] if not trouble else values)
    return _an_object(kind, seed, trouble)


def _item(kind: str, seed: str, trouble: int) -> Any:
    try:
        return value(kind, seed, trouble)
    except Exception as error:  # noqa: BLE001 - an error in a list is an error of its item
        return error


def _an_object(kind: str, seed: str, trouble: int) -> Any:
    choose = random.Random(f"{seed}!")  # noqa: S311 - no secret
    classes: dict[str, list[type]] = {
        "leaf": [Leaf],
        "branch": [Branch],
        "named": [Leaf, Branch],
        "either": [Leaf, Branch, Lone],
    }
    chosen = choose.choice([Leaf, Branch, Lone, Stray] if choose.randrange(100) < trouble else classes[kind])
    made: Any = object.__new__(chosen)
    made.seed, made.trouble = seed, trouble
    return made


class Stray(Random):
    """Not in the schema."""


@strawberry.interface
class Named:
    text: str | None
    named: "Named | None"


@strawberry.type
class Leaf(Named, Random):
    text_required: str
    number: int | None
    number_required: int
    ratio: float | None
    flag: bool | None
    ident: strawberry.ID | None
    color: Color | None
    color_required: Color
    odd: Odd | None
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
    odd: Odd | None = None


Either = Annotated["Leaf | Branch | Lone", strawberry.union("Either")]


@strawberry.type
class Branch(Named, Random):
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
    def path(self, info: strawberry.Info) -> str:
        """The data that a resolver may read from its `Info`."""
        raw = info._raw_info  # noqa: SLF001 - the test is about it
        return repr((info.path, info.field_name, info.variable_values, str(raw.return_type), raw.parent_type.name))

    @strawberry.field
    def echo(  # noqa: PLR0917 - the arguments are what is tested
        root: strawberry.Parent[Any],  # noqa: N805 - as the fields of models have it
        text: str = "default",
        number: int | None = None,
        color: Color = Color.GREEN,
        numbers: list[int | None] | None = None,
        pick: Pick | None = None,
        odd: Odd | None = None,
    ) -> str:
        if number == 5:
            raise BadUserInput("not five")
        texts = pick.texts if pick else []
        texts.append("changed by the resolver")
        return repr((root.seed[-5:], text, number, color, numbers, pick, odd))

    @strawberry.field
    def demand(self, number: int, color: Color, pick: Pick) -> str | None:
        return repr((number, color, pick))


@strawberry.type
class Lone(Random):
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
        done = info.root_value.done
        done.append(repr(pick))
        return outcome(f"{info.root_value.seed}/{len(done)}", info.root_value.trouble)

    @strawberry.mutation(graphql_type=ChangeResult | None)  # type: ignore[untyped-decorator]  # as above
    def change_perhaps(self, info: strawberry.Info) -> Any:
        info.root_value.done.append("perhaps")
        return outcome(f"{info.root_value.seed}/perhaps", info.root_value.trouble)


def outcome(seed: str, trouble: int) -> Any:
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
    return _an_object("leaf", seed, trouble)


def a_root(seed: int, trouble: int) -> Any:
    root = object.__new__(Root)
    root.seed, root.trouble, root.done = str(seed), trouble, []
    return root


class Root(Random):
    """The root value. `done` has the mutations that were executed, in order."""

    done: list[str]


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    exception_handlers=PROBLEM_HANDLERS,
    config=StrawberryConfig(scalar_map={**SCALARS, **ODD}),
)
