"""Stores counts of attempts in the database, so that all processes share them."""

from typing import Any

from django.db import Error, connection, models
from django.utils.crypto import salted_hmac
from limits.storage import Storage

from cinema.core.clock import Now

_NOW = {
    "postgresql": "statement_timestamp()",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now') || '000'",
}
_IN_SECONDS = {
    "postgresql": "statement_timestamp() + make_interval(secs => %s)",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds') || '000'",
}
# One statement, so that all concurrent attempts are counted. After the end of its window, a count starts again.
_COUNT = """
INSERT INTO {table} AS stored (key, count, expires_at) VALUES (%s, %s, {in_seconds})
ON CONFLICT (key) DO UPDATE SET
  count = excluded.count + CASE WHEN stored.expires_at > {now} THEN stored.count ELSE 0 END,
  expires_at = CASE WHEN stored.expires_at > {now} THEN stored.expires_at ELSE excluded.expires_at END
RETURNING count
"""


class AttemptCount(models.Model):
    """The number of attempts in a window that ends at `expires_at`."""

    # A keyed hash, so that the input cannot be recovered: users sometimes enter their password as their name.
    key = models.CharField(max_length=64, primary_key=True, editable=False)
    count = models.PositiveIntegerField(editable=False)
    expires_at = models.DateTimeField(db_index=True, editable=False)

    def __str__(self) -> str:
        return f"{self.count} until {self.expires_at}"


class DatabaseStorage(Storage):
    """A storage for the library `limits`. It supports only fixed windows."""

    STORAGE_SCHEME = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to the count and return it. Its window ends `expiry` seconds after the first attempt."""
        now, in_seconds = _NOW[connection.vendor], _IN_SECONDS[connection.vendor]
        statement = _COUNT.format(table=AttemptCount._meta.db_table, now=now, in_seconds=in_seconds)
        with connection.cursor() as cursor:
            cursor.execute(statement, [_hashed(key), amount, expiry])
            (count,) = cursor.fetchone()
        return int(count)

    def decr(self, key: str) -> None:
        """Subtract one, unless the window has ended."""
        _current(key).filter(count__gt=0).update(count=models.F("count") - 1)

    def get(self, key: str) -> int:
        return _current(key).values_list("count", flat=True).first() or 0

    def get_expiry(self, key: str) -> float:
        """The end of the window, in seconds since 1970. 0 if there is no window."""
        expires_at = _current(key).values_list("expires_at", flat=True).first()
        return expires_at.timestamp() if expires_at else 0

    def check(self) -> bool:
        return connection.is_usable()

    def reset(self) -> int:
        deleted, _ = AttemptCount.objects.all().delete()
        return deleted

    def clear(self, key: str) -> None:
        AttemptCount.objects.filter(key=_hashed(key)).delete()


def _current(key: str) -> models.QuerySet[AttemptCount, Any]:
    return AttemptCount.objects.filter(key=_hashed(key), expires_at__gt=Now())


def _hashed(key: str) -> str:
    return salted_hmac("cinema.accounts.throttle_storage", key, algorithm="sha256").hexdigest()
