from django.db.models import QuerySet

from cinema.accounts.models import User


def users_seen_by(viewer: User | None) -> QuerySet[User]:
    """Oneself; nobody when nobody is signed in."""
    return User.objects.filter(pk=viewer.pk) if viewer else User.objects.none()
