"""Shared by the admin of models that change through use cases of the domain."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.db.models import Model, QuerySet
from django.forms import BaseForm, ModelForm
from django.forms.models import construct_instance
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from cinema.accounts.models import User
from cinema.core.errors import CinemaError, InvalidInput


def label(text: str, color: str | None) -> SafeString:
    """`text` as a label in unfold's color `success`, `warning` or `danger`; gray without one."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": color})


def staff(request: HttpRequest) -> User:
    """The user who sent the request. Admin pages require one."""
    assert isinstance(request.user, User)
    return request.user


class RefusableForm(BaseForm):
    """The input of a use case. When the use case refuses, its reasons appear at the fields they are about."""

    refusal: CinemaError | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal is not None:
            for field, message in self._reasons(self.refusal):
                self.add_error(field, message)
        return cleaned

    def fields_of(self, source: str | CinemaError) -> list[str]:
        """The fields of this form that belong to a domain error or to an input of the use case."""
        return [source] if isinstance(source, str) else []

    def explain(self, refusal: CinemaError) -> str:
        return str(refusal)

    def _reasons(self, refusal: CinemaError) -> Iterator[tuple[str | None, str]]:
        """Each reason with its field, or None for the whole form if the form does not have that field."""
        if isinstance(refusal, InvalidInput):
            reasons = [(self.fields_of(error.field), error.message) for error in refusal.fields]
        else:
            reasons = [(self.fields_of(refusal), self.explain(refusal))]
        for names, message in reasons:
            present: list[str | None] = [name for name in names if name in self.fields]
            for name in present or [None]:
                yield name, message


class UseCaseForm(RefusableForm, ModelForm):
    """A form of a model's fields, for a use case."""

    def _post_clean(self) -> None:
        # Only filled in, so that pages show the new values. Validation is the job of the domain.
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)


class WithoutTransaction(admin.ModelAdmin):
    """Calls Django's views without a transaction: a use case has its own, and repeats it on a conflict."""

    # django-stubs does not declare these methods.
    _changeform_view: Callable[..., Any]
    _delete_view: Callable[..., Any]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """If the domain refuses the changes of `save_model`, show the form again with the reasons."""
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except CinemaError as refusal:
            # `get_form` gets only the request.
            request.refusal = refusal  # type: ignore[attr-defined]
            return self._changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        # The class is created for this request, so no other request sees the refusal.
        form.refusal = getattr(request, "refusal", None)
        return form

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """If the domain refuses the deletion, show the reason on the page of the object."""
        try:
            return self._delete_view(request, object_id, extra_context)
        except CinemaError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)


class UseCaseAdmin(ModelAdmin, WithoutTransaction):
    """The admin of a model that is changed by use cases of the domain.

    Subclasses define a `save_model` that calls one, and a form that is a `UseCaseForm`.
    """

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Do nothing: the use case has saved everything."""


class DeletingAdmin(UseCaseAdmin):
    """The admin of a model that can also be deleted. Subclasses define `remove`."""

    # Deletes an object through the domain. Raises `CinemaError` when the domain refuses.
    remove: Callable[[HttpRequest, Any], None]
    actions = ["delete_selected"]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.remove(request, obj)
        # Django itself passes a list here; the stubs expect a queryset.
        super().log_deletions(request, [obj])  # type: ignore[arg-type]

    @admin.action(description="Delete selected %(verbose_name_plural)s", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for confirmation first. Then delete them one by one, and show which ones the domain refused and why."""
        if "post" not in request.POST:
            return actions.delete_selected(self, request, queryset)
        for obj in queryset:
            name = str(obj)
            try:
                self.delete_model(request, obj)
            except CinemaError as refusal:
                self.message_user(request, f"{name}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"Deleted: {name}.", messages.SUCCESS)
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: Django logs before it deletes, and the domain may still refuse. `delete_model` logs."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The objects alone. The domain decides whether they can be deleted."""
        return [str(obj) for obj in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []
