"""The interface of what can be recorded. Labels have few values: none comes from a client."""


class Recorder:
    """Records nothing. All durations are in seconds."""

    def http_request(self, path: str, status: int, seconds: float) -> None:
        """A response was sent. `seconds` is the time since the request had been received."""

    def request_wait(self, seconds: float) -> None:
        """A request got a thread after this time."""

    def requests_waiting(self, change: int) -> None:
        """This many more requests wait for a thread."""

    def request_refused(self, reason: str) -> None:
        """A request got no thread: "expected wait" if it was refused on arrival, "timeout" if it waited in vain."""

    def operation(self, root_field: str, outcome: str, seconds: float) -> None:
        """A query or mutation was executed."""

    def graphql_error(self, code: str) -> None:
        """A response has an error with this code."""

    def refusal(self, root_field: str, problem: str) -> None:
        """A mutation returned a problem of this type."""

    def live_connections(self, change: int) -> None:
        """This many more WebSockets and event streams are open."""

    def subscriptions(self, change: int) -> None:
        """This many more subscriptions are active."""

    def subscription_result(self) -> None:
        """A result was sent to a subscriber."""

    def tickets(self, event: str, *, seats: int, bookings: int) -> None:
        """An event of the seat history was committed for this many seats, of this many bookings."""

    def collision(self, reason: str) -> None:
        """A transaction was rolled back because of a conflict with another one. It may run again."""

    def given_up(self) -> None:
        """A use case collided until no attempt was left, and returned `Busy`."""

    def outage(self, service: str) -> None:
        """An outage of a service that this process needs has begun."""

    def task_succeeded(self, task: str, items: int) -> None:
        """A background task processed this many items."""

    def task_failed(self, task: str) -> None:
        """A background task raised an exception."""

    def process_restarted(self, name: str) -> None:
        """A process of the server has ended unexpectedly: a worker, or a background process."""
