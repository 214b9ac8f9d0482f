"""Staff find bookings by a part of the reference, or by the name, email or username of the customer.

The statements read an index of references and the table of users, but no bookings that do not match. So the time of a
search does not depend on the number of tickets. A word that no name contains takes about two seconds with a million
customers, and most searches much less.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from cinema.accounts import name_search
from cinema.accounts.models import User
from cinema.booking import references
from cinema.booking.models import Booking

# Shorter parts would match the references of many bookings, and words of names.
MIN_REFERENCE_PART = 4
MIN_NAME_PART = 2
# How many bookings by reference, and how many customers, a search finds.
MAX_MATCHES = 200


@dataclass(frozen=True)
class Matches:
    """The bookings that match are those that meet `condition`. `is_complete` is False if there are too many."""

    condition: Q
    is_complete: bool


def find(typed: str, *, with_customers: bool) -> Matches:
    """Find bookings by what staff typed. Without `with_customers`, names and email addresses are not searched."""
    booking_ids = list(_by_reference(typed)[: MAX_MATCHES + 1])
    customer_ids = list(_customers(typed)[: MAX_MATCHES + 1]) if with_customers else []
    return Matches(
        Q(pk__in=booking_ids[:MAX_MATCHES]) | Q(user__in=customer_ids[:MAX_MATCHES]),
        is_complete=max(len(booking_ids), len(customer_ids)) <= MAX_MATCHES,
    )


def _by_reference(typed: str) -> QuerySet[Booking, int]:
    part = references.as_stored(typed)
    if len(part) == references.LENGTH:
        found = Booking.objects.filter(reference=part)
    elif len(part) >= MIN_REFERENCE_PART and set(part) <= set(references.ALPHABET):
        found = Booking.objects.filter(reference__contains=part)
    else:
        found = Booking.objects.none()
    return found.values_list("pk", flat=True)


def _customers(typed: str) -> QuerySet[User, int]:
    """The customers whose email or username was typed; otherwise those with every word in their names or email."""
    known = User.objects.known_as(typed)
    words = typed.replace(",", " ").split()
    if known.exists() or not words or max(map(len, words)) < MIN_NAME_PART:
        return known.values_list("pk", flat=True)
    customers = User.objects.filter(Exists(Booking.objects.filter(user=OuterRef("pk"))))
    found = name_search.having_words(customers, typed)
    return found.order_by("-pk").values_list("pk", flat=True)
