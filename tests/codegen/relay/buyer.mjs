// Relay for the flow.

import { commitMutation, createOperationDescriptor, fetchQuery, getRequest, requestSubscription } from "relay-runtime";

export function relayBuyer(environment, shop, counter) {
  const displayed = {};
  const subscriptions = [];
  const operation = (query, variables) => createOperationDescriptor(getRequest(query), variables);
  const records = () => environment.getStore().getSource().toJSON();
  const mutate = (mutation, input, field) =>
    new Promise((resolve, reject) => {
      commitMutation(environment, {
        mutation,
        variables: { input },
        onCompleted: (data, errors) => (errors ? reject(errors) : resolve(data[field])),
        onError: reject,
      });
    });
  const follow = (subscription, variables) => {
    const onError = (error) => { throw error; };
    subscriptions.push(requestSubscription(environment, { subscription, variables, onError }));
  };
  function lookup(id) {
    const snapshot = environment.lookup(operation(shop.showQuery, { id }).fragment);
    if (snapshot.isMissingData) throw new Error(`The store lacks a field of ${id}`);
    return snapshot;
  }
  return {
    async load(id) {
      await fetchQuery(environment, shop.showQuery, { id }).toPromise();
      subscriptions.push(environment.retain(operation(shop.showQuery, { id })));
      const snapshot = lookup(id);
      displayed[id] = snapshot.data.show;
      subscriptions.push(environment.subscribe(snapshot, ({ data }) => { displayed[id] = data.show; }));
      return snapshot.data.show;
    },
    async viewer() {
      return (await fetchQuery(environment, shop.viewerQuery, {}).toPromise()).me.username;
    },
    hold: (input) => mutate(shop.holdMutation, input, "holdSeats"),
    cancel: (input) => mutate(shop.cancelMutation, input, "cancelBooking"),
    watch: (showId, since) => follow(shop.seatsSubscription, { showId, since }),
    watchBookings: () => follow(shop.bookingsSubscription, {}),
    cached: (id) => lookup(id).data.show,
    displayed: (id) => displayed[id],
    bookingStatus: (id) => records()[id].status,
    seats: () => Object.values(records()).filter((it) => it.__typename === "ShowSeat").map((it) => it.id),
    get requests() { return counter.requests; },
    stop: () => subscriptions.forEach((it) => it.dispose()),
  };
}
