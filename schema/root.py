"""The schema, merged from the slices. To add a slice, add it to `SLICES`."""

from schema.accounts.slice import accounts
from schema.booking.slice import booking
from schema.catalog.slice import catalog
from schema.engine.execution import build_schema
from schema.realtime.slice import realtime

SLICES = (accounts, catalog, booking, realtime)

schema = build_schema(SLICES)
