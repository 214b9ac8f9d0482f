"""What live seat maps add to the schema."""

from schema.engine.slices import Slice
from schema.realtime.queries import RealtimeQueries
from schema.realtime.subscriptions import RealtimeSubscriptions

realtime = Slice(queries=RealtimeQueries, subscriptions=RealtimeSubscriptions)
