// The GraphQL operations of this front end. schema/schema.graphql describes every field.

const PRICE = "{ amount currency }";
const PROBLEM = "... on Problem { message }";
const SESSION = "... on Session { accessToken refreshToken user { username } }";
const MOVIE = "id title synopsis durationMinutes genres certificate language releaseDate posterUrl";
const SCREEN = "screen { id name theater { id name city timeZone } }";
const SEAT = `label row number column category status mine price ${PRICE}`;
const BOOKING = `
  id reference status createdAt expiresAt total ${PRICE} paid ${PRICE}
  tickets { seat category status price ${PRICE} }
  show { id startsAt status format ${SCREEN} movie { id title genres posterUrl } }`;

// ---------------------------------------------------------------------- accounts

export const SIGN_UP = `mutation SignUp($input: SignupInput!) {
  signup(input: $input) {
    __typename ${SESSION} ${PROBLEM}
    ... on InvalidInput { fields { field message } }
  }
}`;

export const LOG_IN = `mutation LogIn($input: LoginInput!) {
  login(input: $input) { __typename ${SESSION} ${PROBLEM} }
}`;

export const REFRESH = `mutation Refresh($input: RefreshTokenInput!) {
  refreshToken(input: $input) { __typename ${SESSION} ${PROBLEM} }
}`;

export const LOG_OUT = `mutation LogOut($input: LogoutInput!) {
  logout(input: $input) { __typename }
}`;

// ---------------------------------------------------------------------- schedule

export const THEATERS = `query Theaters {
  theaters(first: 100) { nodes { id name city timeZone dayEndsAt } }
}`;

export const SCHEDULE = `query Schedule($theater: ID!, $day: Date!, $now: DateTime!) {
  shows(first: 100, filter: { theaterId: $theater, date: $day }) {
    nodes {
      id startsAt endsAt format language status seatsTotal seatsAvailable
      priceFrom ${PRICE} screen { name } movie { ${MOVIE} }
    }
  }
  movies(first: 100, filter: { theaterId: $theater }) {
    nodes {
      ${MOVIE}
      shows(first: 1, filter: { theaterId: $theater, from: $now }) { nodes { id startsAt format } }
    }
  }
}`;

// ---------------------------------------------------------------------- a show and its seats

export const SHOW = `query Show($id: ID!) {
  cinema { seatsPerPerson }
  show(id: $id) {
    id startsAt endsAt format language subtitles status ${SCREEN}
    movie { ${MOVIE} }
    prices { category price ${PRICE} }
    seatMap { cursor rows { label seats { ${SEAT} } } }
  }
}`;

const SEATS_CHANGED = `{
  cursor
  seats { label column category status mine price ${PRICE} }
  show { id startsAt endsAt format status screen { id } prices { category price ${PRICE} } }
}`;

export const WATCH_SEATS = `subscription WatchSeats($showId: ID!, $since: String) {
  seatChanges(showId: $showId, since: $since) ${SEATS_CHANGED}
}`;

export const SEAT_CHANGES = `query SeatChanges($showId: ID!, $since: String!) {
  seatChanges(showId: $showId, since: $since) ${SEATS_CHANGED}
}`;

// ---------------------------------------------------------------------- bookings

export const HOLD = `mutation Hold($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking { ${BOOKING} }
    ... on SeatsTaken { seats alternatives }
    ... on Busy { retryAfterMs }
    ${PROBLEM}
  }
}`;

export const EXTEND = `mutation Extend($input: ExtendHoldInput!) {
  extendHold(input: $input) {
    __typename
    ... on Booking { ${BOOKING} }
    ... on HoldExpired { stillAvailable }
    ... on Busy { retryAfterMs }
    ${PROBLEM}
  }
}`;

export const CONFIRM = `mutation Confirm($input: ConfirmBookingInput!) {
  confirmBooking(input: $input) {
    __typename
    ... on Booking { ${BOOKING} }
    ... on HoldExpired { stillAvailable }
    ... on Busy { retryAfterMs }
    ${PROBLEM}
  }
}`;

export const CANCEL = `mutation Cancel($input: CancelBookingInput!) {
  cancelBooking(input: $input) {
    __typename
    ... on Booking { ${BOOKING} }
    ... on TooLateToCancel { deadline }
    ... on Busy { retryAfterMs }
    ${PROBLEM}
  }
}`;

export const MY_HOLDS = `query MyHolds($showId: ID!) {
  myBookings(first: 20, filter: { status: HELD, showId: $showId }) { nodes { ${BOOKING} } }
}`;

export const MY_BOOKINGS = `query MyBookings($upcoming: Boolean!, $after: String) {
  myBookings(first: 20, after: $after, filter: { upcoming: $upcoming }) {
    pageInfo { hasNextPage endCursor }
    nodes { ${BOOKING} }
  }
}`;
