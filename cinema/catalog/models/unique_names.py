"""Names that are unique, ignoring case. The constraints of SQLite ignore the case of ASCII letters only."""

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from cinema.core.text import caseless


class UniqueNames(models.Model):
    """A model with a unique constraint on `unique_names`, ignoring case. Validation finds equal names in any script."""

    # Names of text fields. They are unique together, for equal values of the fields in `unique_in`.
    unique_names: Sequence[str] = ("name",)
    unique_in: Sequence[str] = ()

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        super().validate_constraints(exclude)
        if not {*self.unique_names, *self.unique_in} & set(exclude or ()):
            self._check_names()

    def _check_names(self) -> None:
        others: Any = type(self)._base_manager.exclude(pk=self.pk)  # noqa: SLF001 - documented by Django
        others = others.filter(**{name: getattr(self, name) for name in self.unique_in})
        own = tuple(caseless(getattr(self, name)) for name in self.unique_names)
        if any(own == tuple(map(caseless, names)) for names in others.values_list(*self.unique_names)):
            (constraint,) = (each for each in self._meta.constraints if isinstance(each, models.UniqueConstraint))
            raise ValidationError(constraint.get_violation_error_message(), code=constraint.violation_error_code)
