"""GraphQL enums of the domain's choices."""

import strawberry
from django.db.models import TextChoices


def describe(choices: type[TextChoices], description: str) -> None:
    """Make `choices` a GraphQL enum. The labels of the choices become the descriptions of the values."""
    strawberry.enum(choices, description=description)
    for value in choices.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = str(choices[value.name].label)
