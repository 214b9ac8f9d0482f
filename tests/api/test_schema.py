"""The schema as a whole: described, of one pattern, as the contract has it, and as the committed SDL shows it."""

from collections.abc import Iterator

from django.conf import settings
from graphql import (
    DefinitionNode,
    FieldDefinitionNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    InputValueDefinitionNode,
    NullValueNode,
    UnionTypeDefinitionNode,
    is_introspection_type,
    parse,
    print_ast,
)
from strawberry.printer import print_schema

from schema.root import schema

GRAPHQL = schema._schema  # noqa: SLF001 - the graphql-core schema; Strawberry has no public name for it

# What front ends and scripts are written against. There may be more: fields, arguments, members of a union.
CONTRACT = """
interface Node { id: ID! }
interface Problem { message: String! }

type Query {
  node(id: ID!): Node
  me: User
  movies(
    filter: MovieFilter, orderBy: MovieOrder, first: Int, after: String, last: Int, before: String
  ): MovieConnection!
  movie(id: ID!): Movie
  theaters(first: Int, after: String, last: Int, before: String): TheaterConnection!
  shows(
    filter: ShowFilter, orderBy: ShowOrder, first: Int, after: String, last: Int, before: String
  ): ShowConnection!
  show(id: ID!): Show
  myBookings(filter: BookingFilter, first: Int, after: String, last: Int, before: String): BookingConnection!
  booking(reference: String!): Booking
  seatChanges(showId: ID!, since: String!): SeatChanges!
}

input MovieFilter {
  search: String, genre: String, language: String, onSale: Boolean, showingOn: Date, theaterId: ID
}
input ShowFilter {
  movieId: ID, theaterId: ID, date: Date, from: DateTime, until: DateTime, format: ShowFormat, bookable: Boolean
}
input BookingFilter { status: BookingStatus, upcoming: Boolean }

type MovieConnection { edges: [MovieEdge!]!  nodes: [Movie!]!  pageInfo: PageInfo!  totalCount: Int! }
type MovieEdge { cursor: String!  node: Movie! }
type TheaterConnection { edges: [TheaterEdge!]!  nodes: [Theater!]!  pageInfo: PageInfo!  totalCount: Int! }
type ShowConnection { edges: [ShowEdge!]!  nodes: [Show!]!  pageInfo: PageInfo!  totalCount: Int! }
type BookingConnection { edges: [BookingEdge!]!  nodes: [Booking!]!  pageInfo: PageInfo!  totalCount: Int! }
type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }

type Movie implements Node {
  id: ID!  title: String!  synopsis: String!  durationMinutes: Int!  genres: [String!]!
  certificate: String  language: String  releaseDate: Date  posterUrl: String
  shows(filter: ShowFilter, first: Int, after: String, last: Int, before: String): ShowConnection!
}
type Theater implements Node { id: ID!  name: String!  city: String!  timeZone: String!  screens: [Screen!]! }
type Screen implements Node { id: ID!  name: String!  theater: Theater!  seatCount: Int! }
type Show implements Node {
  id: ID!  movie: Movie!  screen: Screen!
  startsAt: DateTime!  endsAt: DateTime!  format: ShowFormat!  language: String
  priceFrom: Money!
  status: ShowStatus!
  seatsTotal: Int!  seatsAvailable: Int!
  seatMap: SeatMap!
}
type SeatMap { cursor: String!  rows: [SeatRow!]! }
type SeatRow { label: String!  seats: [ShowSeat!]! }
type SeatChanges { cursor: String!  seats: [ShowSeat!]! }
type ShowSeat {
  label: String!  row: String!  number: Int!  column: Int!
  category: SeatCategory!
  price: Money!
  status: SeatStatus!
  mine: Boolean!
}
type Booking implements Node {
  id: ID!  reference: String!
  show: Show!
  status: BookingStatus!
  tickets: [Ticket!]!
  total: Money!
  createdAt: DateTime!  expiresAt: DateTime
  confirmedAt: DateTime  cancelledAt: DateTime
}
type Ticket implements Node { id: ID!  seat: String!  category: SeatCategory!  price: Money!  status: TicketStatus! }
type User implements Node { id: ID!  username: String!  email: String!  isStaff: Boolean! }
type Session { accessToken: String!  refreshToken: String!  expiresAt: DateTime!  user: User! }
type Money { amount: Decimal!  currency: String! }

enum ShowStatus { ON_SALE SOLD_OUT CLOSED CANCELLED }
enum SeatStatus { AVAILABLE HELD BOOKED BLOCKED }
enum SeatCategory { STANDARD PREMIUM WHEELCHAIR COMPANION }
enum BookingStatus { HELD CONFIRMED CANCELLED EXPIRED }
enum TicketStatus { HELD VALID CANCELLED EXPIRED }

type Mutation {
  signup(input: SignupInput!): SignupResult!
  login(input: LoginInput!): LoginResult!
  refreshToken(input: RefreshTokenInput!): RefreshTokenResult!
  logout(input: LogoutInput!): LogoutResult!
  changePassword(input: ChangePasswordInput!): ChangePasswordResult!
  bookSeat(input: BookSeatInput!): BookSeatResult!
  holdSeats(input: HoldSeatsInput!): HoldSeatsResult!
  extendHold(input: ExtendHoldInput!): ExtendHoldResult!
  confirmBooking(input: ConfirmBookingInput!): ConfirmBookingResult!
  cancelBooking(input: CancelBookingInput!): CancelBookingResult!
  createMovie(input: CreateMovieInput!): CreateMovieResult!
  updateMovie(input: UpdateMovieInput!): UpdateMovieResult!
  deleteMovie(input: DeleteMovieInput!): DeleteMovieResult!
  createTheater(input: CreateTheaterInput!): CreateTheaterResult!
  updateTheater(input: UpdateTheaterInput!): UpdateTheaterResult!
  createScreen(input: CreateScreenInput!): CreateScreenResult!
  updateScreen(input: UpdateScreenInput!): UpdateScreenResult!
  createShow(input: CreateShowInput!): CreateShowResult!
  updateShow(input: UpdateShowInput!): UpdateShowResult!
  cancelShow(input: CancelShowInput!): CancelShowResult!
  blockSeats(input: BlockSeatsInput!): BlockSeatsResult!
  unblockSeats(input: UnblockSeatsInput!): UnblockSeatsResult!
}

type Subscription { seatChanges(showId: ID!, since: String): SeatChanges! }

input SignupInput { username: String!  email: String!  password: String! }
input LoginInput { username: String!  password: String! }
input LogoutInput { everywhere: Boolean! = false }
input BookSeatInput { showId: ID!  seat: String!  idempotencyKey: String }
input HoldSeatsInput { showId: ID!  selection: SeatSelection!  idempotencyKey: String }
input SeatSelection @oneOf { seats: [String!]  bestAvailable: BestAvailable }
input BestAvailable { count: Int!  category: SeatCategory  together: Boolean = true }
input ExtendHoldInput { bookingId: ID!  idempotencyKey: String }
input ConfirmBookingInput { bookingId: ID!  idempotencyKey: String }
input CancelBookingInput { bookingId: ID!  seats: [String!]  idempotencyKey: String }
input CreateScreenInput { theaterId: ID!  name: String!  rows: [String!]! }

union SignupResult = Session | InvalidInput
union LoginResult = Session | InvalidCredentials | TooManyAttempts
union BookSeatResult =
  Booking | SeatsTaken | UnknownSeats | ShowNotOnSale | SeatLimitReached | IdempotencyKeyReused | Busy
union HoldSeatsResult =
  Booking | SeatsTaken | UnknownSeats | NotEnoughSeats | ShowNotOnSale | SeatLimitReached | IdempotencyKeyReused | Busy
union ExtendHoldResult = Booking | HoldExpired | IdempotencyKeyReused | Busy
union ConfirmBookingResult = Booking | HoldExpired | IdempotencyKeyReused | Busy
union CancelBookingResult = Booking | TooLateToCancel | UnknownSeats | IdempotencyKeyReused | Busy

type InvalidInput implements Problem { message: String!  fields: [FieldProblem!]! }
type FieldProblem { field: String!  code: String!  message: String! }
type InvalidCredentials implements Problem { message: String! }
type TooManyAttempts implements Problem { message: String!  retryAfterSeconds: Int! }
type SeatsTaken implements Problem { message: String!  seats: [String!]!  alternatives: [String!]! }
type UnknownSeats implements Problem { message: String!  seats: [String!]! }
type NotEnoughSeats implements Problem { message: String!  requested: Int!  available: Int! }
type ShowNotOnSale implements Problem { message: String!  status: ShowStatus! }
type SeatLimitReached implements Problem { message: String!  limit: Int!  alreadyTaken: Int! }
type HoldExpired implements Problem { message: String!  stillAvailable: [String!]! }
type TooLateToCancel implements Problem { message: String!  deadline: DateTime! }
type IdempotencyKeyReused implements Problem { message: String! }
type Busy implements Problem { message: String!  retryAfterMs: Int! }
"""

Part = GraphQLNamedType | GraphQLField | GraphQLInputField | GraphQLArgument | GraphQLEnumValue


def own_types() -> list[GraphQLNamedType]:
    return [type_ for type_ in GRAPHQL.type_map.values() if not is_introspection_type(type_)]


def parts() -> Iterator[tuple[str, Part]]:
    """Everything in the schema that has a name, by its path, such as Query.movie.id."""
    for type_ in own_types():
        yield type_.name, type_
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field
                yield from ((f"{type_.name}.{name}.{argument}", it) for argument, it in field.args.items())
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{type_.name}.{name}", it) for name, it in type_.fields.items())
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{type_.name}.{name}", it) for name, it in type_.values.items())


def mutations() -> dict[str, GraphQLField]:
    assert GRAPHQL.mutation_type is not None
    fields: dict[str, GraphQLField] = GRAPHQL.mutation_type.fields
    return fields


def capitalized(name: str) -> str:
    return name[0].upper() + name[1:]


def result_of(name: str) -> GraphQLUnionType:
    result = mutations()[name].type
    assert isinstance(result, GraphQLNonNull), name
    assert isinstance(result.of_type, GraphQLUnionType), name
    return result.of_type


def lines_of(definition: DefinitionNode) -> set[str]:
    """What a type consists of, a line each: "movie(id: ID!)" and "movie: Movie", a member, a value, "@oneOf"."""
    lines = {f"implements {each.name.value}" for each in getattr(definition, "interfaces", ())}
    lines |= {f"@{each.name.value}" for each in getattr(definition, "directives", ())}
    if isinstance(definition, UnionTypeDefinitionNode):
        lines |= {member.name.value for member in definition.types}
    lines |= {value.name.value for value in getattr(definition, "values", ())}
    for field in getattr(definition, "fields", ()):
        lines |= lines_of_field(field)
    return lines


def lines_of_field(field: FieldDefinitionNode | InputValueDefinitionNode) -> set[str]:
    name = field.name.value
    default = getattr(field, "default_value", None)
    arguments = getattr(field, "arguments", ())
    lines = {f"{name}({argument.name.value}: {print_ast(argument.type)})" for argument in arguments}
    # Null is what an optional field is anyway.
    told = "" if default is None or isinstance(default, NullValueNode) else f" = {print_ast(default)}"
    return lines | {f"{name}: {print_ast(field.type)}{told}"}


def definitions(sdl: str) -> dict[str, set[str]]:
    found = {}
    for definition in parse(sdl).definitions:
        name = getattr(definition, "name", None)
        if name is not None:
            found[name.value] = lines_of(definition)
    return found


def test_the_committed_sdl_is_that_of_the_running_schema() -> None:
    committed = (settings.BASE_DIR / "schema" / "schema.graphql").read_text()
    assert committed.rstrip() == print_schema(schema), "run `make sdl` and commit what it writes"


def test_everything_has_a_description() -> None:
    undescribed = [path for path, part in parts() if not (part.description or "").strip()]
    assert undescribed == []


def test_a_description_is_a_sentence() -> None:
    own = {path: part.description or "" for path, part in parts() if path not in {"ID", "String", "Int", "Boolean"}}
    assert [path for path, text in own.items() if not text[:1].isupper() and text[:1] != "`"] == []


def test_a_mutation_takes_one_input() -> None:
    for name, field in mutations().items():
        assert {argument: str(it.type) for argument, it in field.args.items()} == {
            "input": f"{capitalized(name)}Input!"
        }, name


def test_a_mutation_answers_with_a_union_of_its_name() -> None:
    for name in mutations():
        assert result_of(name).name == f"{capitalized(name)}Result"


def test_a_result_is_its_success_or_a_problem() -> None:
    problem = GRAPHQL.type_map["Problem"]
    for name in mutations():
        success, *problems = result_of(name).types
        assert problem not in success.interfaces, name
        assert problems, name
        assert all(problem in each.interfaces for each in problems), name


def test_a_problem_is_the_answer_of_some_mutation() -> None:
    problem = GRAPHQL.type_map["Problem"]
    answered = {member.name for name in mutations() for member in result_of(name).types}
    problems = {
        type_.name for type_ in own_types() if isinstance(type_, GraphQLObjectType) and problem in type_.interfaces
    }
    assert problems <= answered


def test_the_schema_keeps_the_contract() -> None:
    promised, kept = definitions(CONTRACT), definitions(print_schema(schema))
    missing = {name: lines - kept.get(name, set()) for name, lines in promised.items()}
    assert {name: lines for name, lines in missing.items() if lines or name not in kept} == {}


def test_the_contract_is_read_as_it_is_meant() -> None:
    assert definitions(CONTRACT)["Theater"] == {
        "implements Node",
        "id: ID!",
        "name: String!",
        "city: String!",
        "timeZone: String!",
        "screens: [Screen!]!",
    }
    assert "movie(id: ID!)" in definitions(CONTRACT)["Query"]
    assert definitions(CONTRACT)["SeatSelection"] == {"@oneOf", "seats: [String!]", "bestAvailable: BestAvailable"}
    assert "together: Boolean = true" in definitions(CONTRACT)["BestAvailable"]
