"""The part of the schema for live seat maps."""

from schema.engine.slices import Slice
from schema.realtime.queries import RealtimeQueries
from schema.realtime.subscriptions import RealtimeSubscriptions

realtime = Slice(queries=RealtimeQueries, subscriptions=RealtimeSubscriptions)
