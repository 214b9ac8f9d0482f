// The GraphQL operations of this front end. schema/schema.graphql describes every field.

const PRICE = "{ amount currency }";
const PROBLEM = "... on Problem { message }";
const INVALID_FIELDS = "... on InvalidInput { fields { field message } }";
const SESSION = "... on Session { accessToken refreshToken user { username } }";
const MOVIE = "id title synopsis durationMinutes genres certificate language releaseDate posterUrl";
const SCREEN = "screen { id name theater { id name city timeZone } }";
const SEAT = `label row number column category unit status mine price ${PRICE}`;
const BOOKING = `
  id reference status createdAt expiresAt confirmedAt cancellableUntil total ${PRICE} paid ${PRICE}
  tickets { seat category status price ${PRICE} }
  show { id startsAt status format language subtitles ${SCREEN} movie { id title genres posterUrl language } }`;

// ---------------------------------------------------------------------- accounts

export const SIGN_UP = `mutation SignUp($input: SignupInput!) {
  signup(input: $input) { __typename ${SESSION} ${PROBLEM} ${INVALID_FIELDS} }
}`;

export const LOG_IN = `mutation LogIn($input: LoginInput!) {
  login(input: $input) { __typename ${SESSION} ${PROBLEM} }
}`;

export const REFRESH = `mutation Refresh($input: RefreshTokenInput!) {
  refreshToken(input: $input) { __typename ${SESSION} ${PROBLEM} }
}`;

export const LOG_OUT = `mutation LogOut($input: LogoutInput!) {
  logout(input: $input) { __typename ${PROBLEM} }
}`;

export const ME = `query Me {
  me { username email emailVerified newEmail }
}`;

export const CHANGE_PASSWORD = `mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) { __typename ${SESSION} ${PROBLEM} ${INVALID_FIELDS} }
}`;

export const REQUEST_PASSWORD_RESET = `mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) { __typename ... on MailOnItsWay { email } ${PROBLEM} ${INVALID_FIELDS} }
}`;

export const RESET_PASSWORD = `mutation ResetPassword($input: ResetPasswordInput!) {
  resetPassword(input: $input) { __typename ${SESSION} ${PROBLEM} ${INVALID_FIELDS} }
}`;

export const REQUEST_EMAIL_VERIFICATION = `mutation RequestEmailVerification($input: RequestEmailVerificationInput!) {
  requestEmailVerification(input: $input) { __typename ... on MailOnItsWay { email } ${PROBLEM} }
}`;

export const VERIFY_EMAIL = `mutation VerifyEmail($input: VerifyEmailInput!) {
  verifyEmail(input: $input) { __typename ... on User { username email } ${PROBLEM} }
}`;

export const CHANGE_EMAIL = `mutation ChangeEmail($input: ChangeEmailInput!) {
  changeEmail(input: $input) { __typename ... on MailOnItsWay { email } ${PROBLEM} ${INVALID_FIELDS} }
}`;

export const EXPORT_ME = `mutation ExportMe {
  exportMe { __typename ... on PersonalData { json } ${PROBLEM} }
}`;

export const ERASE_ME = `mutation EraseMe($input: EraseMeInput!) {
  eraseMe(input: $input) { __typename ${PROBLEM} ${INVALID_FIELDS} }
}`;

// ---------------------------------------------------------------------- schedule

export const THEATERS = `query Theaters {
  theaters(first: 100) { nodes { id name city timeZone dayEndsAt } }
}`;

export const SHOWS_OF_DAY = `query ShowsOfDay($theater: ID!, $day: Date!, $after: String) {
  shows(first: 100, after: $after, filter: { theaterId: $theater, date: $day }) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id startsAt endsAt format language subtitles status seatsTotal seatsAvailable accessibleSeatsAvailable
      priceFrom ${PRICE} screen { name } movie { ${MOVIE} }
    }
  }
}`;

export const COMING_UP = `query ComingUp($theater: ID!, $after: String) {
  movies(first: 100, after: $after, filter: { theaterId: $theater, onSale: true }) {
    pageInfo { hasNextPage endCursor }
    nodes {
      ${MOVIE}
      shows(first: 1, filter: { theaterId: $theater, bookable: true }) { nodes { id startsAt } }
    }
  }
}`;

export const FIRST_AND_LAST_SHOW = `query FirstAndLastShow($theater: ID!) {
  first: shows(first: 1, filter: { theaterId: $theater, bookable: true }) { nodes { startsAt } }
  last: shows(last: 1, filter: { theaterId: $theater, bookable: true }) { nodes { startsAt } }
}`;

// ---------------------------------------------------------------------- a movie, and search

export const MOVIE_PAGE = `query MoviePage($id: ID!) {
  movie(id: $id) { ${MOVIE} trailerUrl cast }
  theaters(first: 100) { nodes { id name } }
}`;

export const SHOWTIMES = `query Showtimes($filter: ShowFilter!, $after: String) {
  shows(first: 40, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id startsAt endsAt format language subtitles status seatsTotal seatsAvailable accessibleSeatsAvailable
      priceFrom ${PRICE} screen { name theater { id name city timeZone dayEndsAt } }
    }
  }
}`;

export const SHOWTIME_OPTIONS = `query ShowtimeOptions($filter: ShowFilter!, $after: String) {
  shows(first: 100, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor }
    nodes { startsAt endsAt status format language subtitles screen { theater { id name timeZone dayEndsAt } } }
  }
}`;

export const SEARCH = `query Search($filter: MovieFilter!, $after: String) {
  movies(first: 20, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id title durationMinutes genres certificate releaseDate posterUrl }
  }
}`;

// ---------------------------------------------------------------------- a show and its seats

export const SHOW = `query Show($id: ID!) {
  cinema { seatsPerPerson }
  show(id: $id) {
    id startsAt endsAt format language subtitles status ${SCREEN}
    movie { ${MOVIE} }
    prices { category price ${PRICE} }
    seatMap { cursor rows { position seats { ${SEAT} } } }
  }
}`;

const SEATS_CHANGED = `{
  cursor
  seats { label column category unit status mine price ${PRICE} }
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

export const MY_BOOKINGS = `query MyBookings($filter: BookingFilter!, $after: String) {
  myBookings(first: 20, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor }
    nodes { ${BOOKING} }
  }
}`;

// Seats with the same unit are cancelled only together.
export const BOOKED_UNITS = `query BookedUnits($reference: String!) {
  booking(reference: $reference) { tickets { seat showSeat { unit } } }
}`;

export const WATCH_BOOKINGS = `subscription WatchBookings {
  bookingChanges { ${BOOKING} }
}`;
