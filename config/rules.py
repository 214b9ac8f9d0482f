"""The rules of the cinema: each part of the domain is given its own."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from cinema.booking.rules import BookingRules
from cinema.catalog.rules import MINUTES_BEFORE_START, CatalogRules
from cinema.core.money import is_currency
from cinema.core.rules import CoreRules
from cinema.realtime.rules import RealtimeRules
from config.accounts import EMAIL_HOST
from config.browsers import MEDIA_ORIGIN
from config.debug import DEBUG
from config.environment import BASE_DIR, env, whole_number

# Notifies other processes and machines of changed seats.
REDIS_URL = env.str("REDIS_URL", None)
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must be a URL such as redis://localhost:6379/0.")
# The folder of uploaded pictures.
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "var" / "media")

CATALOG_RULES = CatalogRules(
    cleaning_time=timedelta(minutes=whole_number("CLEANING_MINUTES", 15, at_least=0)),
    currency=env.str("CURRENCY", "USD").strip().upper(),
    media_root=MEDIA_ROOT,
    media_origin=MEDIA_ORIGIN,
)
# In development, all clients have one address, and the same calls are often repeated.
_NO_LIMIT = 1_000_000
# Without a mail server, users cannot verify their email addresses.
_CAN_VERIFY = EMAIL_HOST != ""
BOOKING_RULES = BookingRules(
    seats_per_user_and_show=whole_number("SEATS_PER_USER_AND_SHOW", 10, at_least=1),
    open_holds_per_user=whole_number("OPEN_HOLDS_PER_USER", 5, at_least=0),
    open_holds_per_unverified_user=whole_number(
        "OPEN_HOLDS_PER_UNVERIFIED_USER", 2 if _CAN_VERIFY else None, at_least=0
    ),
    held_seats_per_unverified_user=whole_number(
        "HELD_SEATS_PER_UNVERIFIED_USER", 10 if _CAN_VERIFY else None, at_least=0
    ),
    held_seats_per_address=whole_number("HELD_SEATS_PER_ADDRESS", 60 if not DEBUG else _NO_LIMIT, at_least=0),
    hold_releases_per_seat=env.int("HOLD_RELEASES_PER_SEAT", 2 if not DEBUG else _NO_LIMIT),
    hold_release_period=timedelta(minutes=env.float("HOLD_RELEASE_MINUTES", 60)),
    hold_lifetime=timedelta(minutes=env.float("HOLD_MINUTES", 8)),
    hold_lifetime_at_most=timedelta(minutes=env.float("HOLD_MINUTES_AT_MOST", 20)),
    booking_closes_before_start=timedelta(minutes=env.int("BOOKING_CLOSES_MINUTES_BEFORE_START", 0)),
    cancelling_closes_before_start=timedelta(minutes=env.int("CANCELLING_CLOSES_MINUTES_BEFORE_START", 60)),
    sends_emails=env.bool("BOOKING_EMAILS", True),
)
for _closing in (BOOKING_RULES.booking_closes_before_start, BOOKING_RULES.cancelling_closes_before_start):
    if _closing // timedelta(minutes=1) not in MINUTES_BEFORE_START:
        raise ImproperlyConfigured(
            "BOOKING_CLOSES_MINUTES_BEFORE_START and CANCELLING_CLOSES_MINUTES_BEFORE_START must be between "
            f"{MINUTES_BEFORE_START[0]} (after the start of a show) and {MINUTES_BEFORE_START[-1]}."
        )
if BOOKING_RULES.hold_releases_per_seat < 1 or BOOKING_RULES.hold_release_period < timedelta():
    raise ImproperlyConfigured("HOLD_RELEASES_PER_SEAT must be at least 1, and HOLD_RELEASE_MINUTES at least 0.")
if not is_currency(CATALOG_RULES.currency):
    raise ImproperlyConfigured("CURRENCY must be the ISO 4217 code of a currency, such as EUR.")
if not timedelta() < BOOKING_RULES.hold_lifetime <= BOOKING_RULES.hold_lifetime_at_most:
    raise ImproperlyConfigured("HOLD_MINUTES must be greater than 0 and at most HOLD_MINUTES_AT_MOST.")
CORE_RULES = CoreRules(idempotency_key_lifetime=timedelta(hours=env.float("IDEMPOTENCY_KEY_HOURS", 24)))
if timedelta() >= CORE_RULES.idempotency_key_lifetime:
    raise ImproperlyConfigured("IDEMPOTENCY_KEY_HOURS must be greater than 0.")
# Without Redis, polling finds all changes that other processes make.
REALTIME_RULES = RealtimeRules(poll_interval_seconds=2.0 if REDIS_URL else 0.5)
