"""The login page of the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.forms import AuthenticationForm

from cinema.accounts import throttling
from cinema.accounts.errors import TooManyAttempts
from cinema.core.errors import Busy
from cinema.runtime.client_addresses import client_address


def address_of(request: HttpRequest) -> str:
    """The network address of the client, by which attempts are counted."""
    return client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES)


class LoginForm(AuthenticationForm):
    """Counts failed logins together with those of the API. A login of a user without `is_staff` also fails."""

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        try:
            with throttling.counting_failures("login", account=name, address=address_of(self.request)):
                cleaned: dict[str, Any] = super().clean()
        except (TooManyAttempts, Busy) as refused:
            raise ValidationError(str(refused), code="too_many_attempts") from refused
        return cleaned


admin.site.login_form = LoginForm
