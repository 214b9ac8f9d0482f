"""The schema: what each slice adds, merged. A new slice is one more entry in `SLICES`."""

from schema.accounts.slice import accounts
from schema.booking.slice import booking
from schema.catalog.slice import catalog
from schema.engine.execution import build_schema
from schema.realtime.slice import realtime

SLICES = (accounts, catalog, booking, realtime)

schema = build_schema(SLICES)
