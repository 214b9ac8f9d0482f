"""What the admin of models has in common whose changes are use cases of the domain."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.forms.models import construct_instance
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from cinema.accounts.models import User
from cinema.core.errors import CinemaError, InvalidInput


def label(text: str, color: str | None) -> SafeString:
    """`text` on a ground of unfold's color `success`, `warning` or `danger`; on gray without one."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": color})


def staff(request: HttpRequest) -> User:
    """Who is at work here. Only the signed in get this far."""
    assert isinstance(request.user, User)
    return request.user


class UseCaseForm(ModelForm):
    """Asks for what a use case needs. When the use case refuses, its reasons appear at the fields they are about."""

    refusal: CinemaError | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal is not None:
            for field, message in self._reasons(self.refusal):
                self.add_error(field, message)
        return cleaned

    def fields_at_fault(self, what: str | CinemaError) -> list[str]:
        """The fields of this form that a domain error, or an input of the use case, is about."""
        return [what] if isinstance(what, str) else []

    def explain(self, refusal: CinemaError) -> str:
        return str(refusal)

    def _reasons(self, refusal: CinemaError) -> Iterator[tuple[str | None, str]]:
        """Each reason with the field it is about; None, if that is not asked for here, is the form as a whole."""
        if isinstance(refusal, InvalidInput):
            reasons = [(self.fields_at_fault(error.field), error.message) for error in refusal.fields]
        else:
            reasons = [(self.fields_at_fault(refusal), self.explain(refusal))]
        for names, message in reasons:
            asked_for: list[str | None] = [name for name in names if name in self.fields]
            for name in asked_for or [None]:
                yield name, message

    def _post_clean(self) -> None:
        # Filled in, so that messages name it as it is now; not validated: the domain does, in its own words.
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)


class WithoutTransaction(admin.ModelAdmin):
    """Keeps Django's transaction away: a use case opens its own, and runs again from the start on a collision."""

    # The stubs do not know it.
    _changeform_view: Callable[..., Any]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """When `save_model` is refused by the domain, nothing has changed; the form is shown again and says why."""
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except CinemaError as refusal:
            # All that `get_form` is given is the request.
            request.refusal = refusal  # type: ignore[attr-defined]
            return self._changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        # The class is made for this request, so it is no one else's refusal.
        form.refusal = getattr(request, "refusal", None)
        return form


class UseCaseAdmin(ModelAdmin, WithoutTransaction):
    """For models that change through use cases: `save_model` calls one. Its form is a `UseCaseForm`."""
