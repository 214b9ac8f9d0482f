import { createClient } from "graphql-ws";
import { Environment, Network, Observable, RecordSource, Store, graphql } from "relay-runtime";

export const showQuery = graphql`
  query shopShowQuery($id: ID!) {
    show(id: $id) {
      id
      status
      seatsAvailable
      seatMap { cursor rows { label seats { id label status mine price { amount currency } } } }
    }
  }
`;

export const bookingFragment = graphql`
  fragment shop_booking on Booking {
    id
    status
    tickets { id status showSeat { id status mine } }
    show { id seatsAvailable status }
  }
`;

export const holdMutation = graphql`
  mutation shopHoldMutation($input: HoldSeatsInput!) {
    holdSeats(input: $input) {
      __typename
      ... on Booking { id status ...shop_booking @alias(as: "booking") }
      ... on SeatsTaken { seats alternatives }
      ... on Problem { message }
    }
  }
`;

export const cancelMutation = graphql`
  mutation shopCancelMutation($input: CancelBookingInput!) {
    cancelBooking(input: $input) {
      ... on Booking { id status ...shop_booking @alias(as: "booking") }
      ... on Problem { message }
    }
  }
`;

export const seatsSubscription = graphql`
  subscription shopSeatsSubscription($showId: ID!, $since: String) {
    seatChanges(showId: $showId, since: $since) {
      cursor
      seats { id status mine }
      show { id seatsAvailable status }
    }
  }
`;

export const bookingsSubscription = graphql`
  subscription shopBookingsSubscription {
    bookingChanges { ...shop_booking }
  }
`;

export const viewerQuery = graphql`
  query shopViewerQuery {
    me { id username }
  }
`;

const isExpired = ({ errors }) => errors?.some((error) => error.extensions?.code === "TOKEN_EXPIRED");

export function createEnvironment({ url, session, fetch = globalThis.fetch, webSocketImpl }) {
  async function send({ text: query }, variables) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...session.headers },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  }

  async function request(operation, variables) {
    const result = await send(operation, variables);
    if (!isExpired(result)) return result;
    await session.refresh();
    return send(operation, variables);
  }

  const socket = createClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl, // not needed in browsers
    connectionParams: () => session.headers,
    retryAttempts: Infinity,
    shouldRetry: () => true, // also while the server cannot be reached
    on: { closed: ({ code }) => code === 4403 && session.refresh() },
  });
  const subscribe = ({ text: query }, variables) =>
    Observable.create((sink) => socket.subscribe({ query, variables }, sink));

  return new Environment({
    network: Network.create(request, subscribe),
    store: new Store(new RecordSource()),
  });
}
