"""The page of the admin where staff change their own password."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm

from cinema.accounts import sessions
from cinema.accounts.models import User
from cinema.admin.base import RefusableForm, staff
from cinema.admin.login import address_of
from cinema.core.errors import CinemaError


class OwnPasswordForm(RefusableForm, AdminOwnPasswordChangeForm):
    """The use case checks both passwords, so the form only compares both entries of the new one."""

    user: User

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = address

    def clean_old_password(self) -> str:
        # Django's method would compare the password without counting failures.
        password: str = self.cleaned_data["old_password"]
        return password

    def validate_password_for_user(self, user: User, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the use case checks the password."""

    def fields_of(self, source: str | CinemaError) -> list[str]:
        # The page does not show errors of the form as a whole, so they are shown for the current password.
        return ["new_password1"] if source == "new_password" else ["old_password"]

    def save(self, commit: bool = True) -> User:
        self.user = sessions.replace_password(
            by=self.user,
            current=self.cleaned_data["old_password"],
            new=self.cleaned_data["new_password1"],
            address=self._address,
        )
        return self.user


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": staff(self.request), "address": address_of(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        """If the domain refuses the change, show the form again with the reasons."""
        try:
            return super().form_valid(form)
        except CinemaError as refusal:
            form.refusal = refusal
            form.full_clean()
            return self.form_invalid(form)


def password_change(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
    # Django's own view sets this too.
    request.current_app = admin.site.name
    context = {**admin.site.each_context(request), **(extra_context or {})}
    return OwnPasswordView.as_view(extra_context=context)(request)


# The site has no option for the form. django-stubs declares a `TemplateResponse`, but Django's view also redirects.
admin.site.password_change = password_change  # type: ignore[method-assign, assignment]
