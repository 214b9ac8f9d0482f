"""The admin pages for staff. Each module shows one slice, and changes it only through domain functions."""

from cinema.admin import accounts, booking, catalog, login, own_password, seat_history, shows

__all__ = ["accounts", "booking", "catalog", "login", "own_password", "seat_history", "shows"]
