"""The pages of the staff. A slice's admin module shows it, and writes through its domain functions only."""

from cinema.admin import accounts, booking, catalog, login, seat_history, shows

__all__ = ["accounts", "booking", "catalog", "login", "seat_history", "shows"]
