"""Times as people at a theater write them: in its time zone, which the city names."""

from dataclasses import dataclass
from datetime import datetime

from cinema.catalog.models import Theater
from cinema.catalog.time_zones import time_of_day, zone_of


@dataclass(frozen=True)
class LocalTime:
    """A moment in the time zone of a theater. As text: `Dec 24, 19:30 (local time in Lisbon)`."""

    moment: datetime
    city: str

    @classmethod
    def of(cls, moment: datetime, theater: Theater) -> "LocalTime":
        return cls(moment.astimezone(zone_of(theater.time_zone)), theater.city)

    def __str__(self) -> str:
        return f"{self.moment:%b} {self.moment.day}, {time_of_day(self.moment)} (local time in {self.city})"
