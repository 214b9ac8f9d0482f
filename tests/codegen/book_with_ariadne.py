"""book_with_ariadne.py URL TOKEN SHOW: books with the package that ariadne-codegen generated. Prints the seats."""

import asyncio
import sys

from shop import BestAvailable, Client, ConfirmBookingInput, HoldSeatsInput, SeatSelection


async def book_best_seats(client: Client, show: str, count: int) -> list[str]:
    """Book the best seats of a show. Returns their labels."""
    best = SeatSelection(bestAvailable=BestAvailable(count=count))
    held = (await client.hold_seats(HoldSeatsInput(showId=show, selection=best))).hold_seats
    if held.typename__ != "Booking":
        raise RuntimeError(held.message)
    confirmed = (await client.confirm_booking(ConfirmBookingInput(bookingId=held.id))).confirm_booking
    if confirmed.typename__ != "Booking":
        raise RuntimeError(confirmed.message)
    return [ticket.show_seat.label for ticket in confirmed.tickets]


if __name__ == "__main__":
    url, token, show = sys.argv[1:]
    client = Client(url=url, headers={"Authorization": f"Bearer {token}"})
    print(*asyncio.run(book_best_seats(client, show, 2)))  # noqa: T201 - the result
