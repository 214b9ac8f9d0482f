from django.db.models import QuerySet

from cinema.accounts.models import User


def users_seen_by(viewer: User | None) -> QuerySet[User]:
    """The users that the viewer can see: only the viewer, or none if the viewer is anonymous."""
    return User.objects.filter(pk=viewer.pk) if viewer else User.objects.none()
