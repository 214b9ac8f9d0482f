"""The admin pages for staff. Each module shows one slice, and changes it only through domain functions."""

from cinema.admin import (
    accounts,
    booking,
    login,
    movies,
    own_password,
    price_lists,
    seat_history,
    shows,
    theaters,
    today,
)

__all__ = [
    "accounts",
    "booking",
    "login",
    "movies",
    "own_password",
    "price_lists",
    "seat_history",
    "shows",
    "theaters",
    "today",
]
