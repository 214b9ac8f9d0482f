"""book_with_sgqlc.py URL TOKEN SHOW: books with the types that sgqlc-codegen generated. Prints the seats."""

import sys

import sgqlc_schema as schema
from sgqlc.endpoint.http import HTTPEndpoint
from sgqlc.operation import Operation


def book_best_seats(send: HTTPEndpoint, show: str, count: int) -> list[str]:
    """Book the best seats of a show. Returns their labels."""
    hold = Operation(schema.Mutation)
    held = hold.hold_seats(input={"show_id": show, "selection": {"best_available": {"count": count}}})
    held.__as__(schema.Booking).id()
    held.__as__(schema.Problem).message()
    booking = (hold + send(hold)).hold_seats
    if not isinstance(booking, schema.Booking):
        sys.exit(booking.message)

    confirm = Operation(schema.Mutation)
    confirmed = confirm.confirm_booking(input={"booking_id": booking.id})
    confirmed.__as__(schema.Booking).tickets.show_seat.label()
    confirmed.__as__(schema.Problem).message()
    booking = (confirm + send(confirm)).confirm_booking
    if not isinstance(booking, schema.Booking):
        sys.exit(booking.message)
    return [ticket.show_seat.label for ticket in booking.tickets]


if __name__ == "__main__":
    url, token, show = sys.argv[1:]
    print(*book_best_seats(HTTPEndpoint(url, {"Authorization": f"Bearer {token}"}), show, 2))  # noqa: T201 - the result
