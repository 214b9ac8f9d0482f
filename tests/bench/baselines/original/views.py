"""The original design of the project: lock the show, count, check, insert."""

import json
from http import HTTPStatus

import jwt
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tests.bench.baselines.original.models import Booking, Show


@csrf_exempt
@require_POST
def book(request: HttpRequest) -> JsonResponse:
    """POST {"show": 1, "seat": "C7"} with a token: 201 and the booking, or 409 if the seat cannot be booked."""
    user = _authenticated(request)
    if user is None:
        return _refusal("Log in first.", HTTPStatus.UNAUTHORIZED)
    data = json.loads(request.body)
    with transaction.atomic():
        show = Show.objects.select_for_update().get(pk=data["show"])
        if show.starts_at <= timezone.now():
            return _refusal("The show has started.", HTTPStatus.CONFLICT)
        bookings = Booking.objects.filter(show=show)
        if bookings.count() >= show.capacity:
            return _refusal("The show is sold out.", HTTPStatus.CONFLICT)
        if bookings.filter(seat=data["seat"]).exists():
            return _refusal("The seat is taken.", HTTPStatus.CONFLICT)
        booking = Booking.objects.create(show=show, user=user, seat=data["seat"])
    return JsonResponse(
        {
            "id": booking.pk,
            "show": {"id": show.pk, "title": show.title, "startsAt": show.starts_at},
            "seat": booking.seat,
            "createdAt": booking.created_at,
        },
        status=HTTPStatus.CREATED,
    )


def _authenticated(request: HttpRequest) -> User | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        return None
    try:
        claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    return User.objects.filter(pk=claims["user_id"], is_active=True).first()


def _refusal(message: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"error": message}, status=status)
