from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client

from cinema.admin.price_forms import PRICE_FIELDS
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Show
from cinema.models import User
from tests import situations


@pytest.fixture(autouse=True)
def _cached_content_types(db: None) -> None:
    """Load all content types, which Django caches, so that the number of queries is the same for every page."""
    ContentType.objects.get_for_models(*apps.get_app_config("cinema").get_models())


@pytest.fixture(autouse=True)
def _without_cached_pages() -> None:
    cache.clear()


@pytest.fixture
def staff_client(client: Client) -> Client:
    """A client of the admin that is logged in as a superuser."""
    client.force_login(situations.a_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def ana(db: None) -> User:
    """A user with a first and a last name."""
    user = situations.a_user("ana")
    User.objects.filter(pk=user.pk).update(first_name="Ana", last_name="Silva")
    user.refresh_from_db()
    return user


def staff_client_with(*permissions: str) -> Client:
    """A client of the admin that is logged in as a staff member with only these permissions."""
    client = Client()
    client.force_login(situations.a_staff_member(*permissions))
    return client


def errors(response: Any) -> dict[str, list[str]]:
    """The errors of a refused form by field. Errors of the whole form are under `__all__`."""
    assert response.status_code == 200
    return {field: list(messages) for field, messages in response.context["adminform"].form.errors.items()}


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def entered(show: Show) -> dict[str, Any]:
    """The unchanged form of a show, as the browser sends it. The time zone of its theater must be UTC."""
    prices = {PRICE_FIELDS[SeatCategory(price.category)]: str(price.amount) for price in show.prices.all()}
    return {
        "movie": show.movie_id,
        "screen": show.screen_id,
        "starts_at": f"{show.starts_at:%Y-%m-%dT%H:%M}",
        "ends_at": f"{show.ends_at:%Y-%m-%dT%H:%M}",
        "format": show.format,
        "language": show.language,
        "subtitles": show.subtitles,
        **dict.fromkeys(PRICE_FIELDS.values(), ""),
        **prices,
    }


def stored_fields(show: Show) -> tuple[Any, ...]:
    """Everything stored about a show, for comparison."""
    prices = sorted(show.prices.values_list("category", "amount"))
    return (*Show.objects.values_list().get(pk=show.pk), prices)
