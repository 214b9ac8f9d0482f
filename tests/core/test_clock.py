"""The times that models store by default come from the database's clock."""

import pytest
from django.apps import apps
from django.db.models import NOT_PROVIDED, DateTimeField

from cinema.core import clock

FIELDS = [
    field
    for model in apps.get_app_config("cinema").get_models()
    for field in model._meta.local_fields
    if isinstance(field, DateTimeField)
]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_no_default_uses_the_process_clock(field: "DateTimeField[object, object]") -> None:
    assert field.default is NOT_PROVIDED
    assert not field.auto_now
    assert not field.auto_now_add


@pytest.mark.parametrize("field", [field for field in FIELDS if field.db_default is not NOT_PROVIDED], ids=str)
def test_default_has_the_precision_of_comparisons(field: "DateTimeField[object, object]") -> None:
    """On SQLite, Django's own `Now` stores fewer digits than `clock.Now` compares."""
    assert isinstance(field.db_default, clock.Now)
