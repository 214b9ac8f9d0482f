"""The admin pages for staff. Each module shows one slice, and changes it only through domain functions."""

from cinema.admin import accounts, booking, catalog, login, own_password, price_lists, seat_history, shows, today

__all__ = ["accounts", "booking", "catalog", "login", "own_password", "price_lists", "seat_history", "shows", "today"]
