"""GraphQL enums of the domain's choices."""

import strawberry
from django.db.models import TextChoices


def describe(choices: type[TextChoices], description: str) -> None:
    """Make an enum of the schema of `choices`, in place."""
    strawberry.enum(choices, description=description)
    for value in choices.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = str(choices[value.name].label)
