"""The login page of the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.forms import AuthenticationForm

from cinema.accounts import sessions, throttling
from cinema.accounts.errors import InvalidCredentials, TooManyAttempts
from cinema.accounts.models import User
from cinema.core.errors import Busy
from cinema.runtime.client_addresses import client_address


def address_of(request: HttpRequest) -> str:
    """The network address of the client, by which attempts are counted."""
    return client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES)


class LoginForm(AuthenticationForm):
    """Accepts a username or an email, as the API does, and counts failed logins together with those of the API.

    A login of a user without `is_staff` also fails, with the same message.
    """

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Wrong username, email or password, or not a staff account.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.label = "Username or email"
        # Django sets the maximum length of a username.
        username.widget.attrs["maxlength"] = User._meta.get_field("email").max_length

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        name, password = cleaned.get("username"), cleaned.get("password")
        if not (name and password):
            return cleaned
        try:
            with throttling.counting_failures("login", account=name, address=address_of(self.request)):
                self.user_cache = self._authenticated(name, password)
        except (TooManyAttempts, Busy) as refused:
            raise ValidationError(str(refused), code="too_many_attempts") from refused
        return cleaned

    def _authenticated(self, name: str, password: str) -> User:
        try:
            user = sessions.authenticated(name=name, password=password)
        except InvalidCredentials as error:
            raise self.get_invalid_login_error() from error
        self.confirm_login_allowed(user)
        return user


admin.site.login_form = LoginForm
