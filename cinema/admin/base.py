"""Shared by the admin of models that change through use cases of the domain."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.contrib.admin.utils import unquote
from django.core.validators import EMPTY_VALUES
from django.db.models import Model, QuerySet
from django.forms import BaseForm, ModelForm
from django.forms.models import construct_instance
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from cinema.accounts.models import User
from cinema.core.errors import CinemaError, InvalidInput
from cinema.core.validation import check_fields

# Staff need not know the name of the standard, BCP 47.
ENTER_LANGUAGE = "Enter a language, such as en or pt-BR."
# An empty address is that of the page.
CHANGED = mark_safe(
    'This was changed in the meantime. <a href="" class="underline">Open the page again</a> to see the changes, '
    "and then enter yours."
)


def label(text: str, color: str | None) -> SafeString:
    """`text` as a label in unfold's color `success`, `warning` or `danger`; gray without one."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": color})


def staff(request: HttpRequest) -> User:
    """The user who sent the request. Admin pages require one."""
    assert isinstance(request.user, User)
    return request.user


def may_view(request: HttpRequest, model: type[Model]) -> bool:
    """Whether the user may open the pages of the objects of `model`. Otherwise pages name them without a link."""
    return admin.site.get_model_admin(model).has_view_permission(request)


class SearchedByForms(admin.ModelAdmin):
    """The admin of a model that forms of other models search.

    Staff who may use such a form may search, also without the permission to view the pages of this model.
    """

    # The permissions for the forms.
    searched_with: ClassVar[Sequence[str]] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_search = request.path == reverse("admin:autocomplete")
        may_search = is_search and any(map(request.user.has_perm, self.searched_with))
        return may_search or super().has_view_permission(request, obj)


class UncountedList(ChangeList):
    """A list whose rows are counted only as filtered. Without a filter and a search, that is the number of all rows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            # Then Unfold does not offer to show all.
            self.full_result_count = self.result_count


class RefusableForm(BaseForm):
    """The input of a use case. When the use case refuses, its reasons appear at the fields they are about."""

    refusal: CinemaError | None = None
    # Messages for staff instead of those of the use case, by the field and the code of an error.
    refusal_messages: ClassVar[Mapping[tuple[str, str], str]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal is not None:
            for field, message in self._reasons(self.refusal):
                self.add_error(field, message)
        return cleaned

    def fields_of(self, source: str | CinemaError) -> list[str]:
        """The fields of this form that belong to a domain error or to an input of the use case."""
        return [source] if isinstance(source, str) else []

    def _reasons(self, refusal: CinemaError) -> Iterator[tuple[str | None, str]]:
        """Each reason with its field, or None for the whole form if the form does not have that field."""
        if isinstance(refusal, InvalidInput):
            reasons = [
                (self.fields_of(error.field), self.refusal_messages.get((error.field, error.code), error.message))
                for error in refusal.fields
            ]
        else:
            reasons = [(self.fields_of(refusal), str(refusal))]
        for names, message in reasons:
            present: list[str | None] = [name for name in names if name in self.fields]
            for name in present or [None]:
                yield name, message


class UseCaseForm(RefusableForm, ModelForm):
    """A form of a model's fields, for a use case.

    It sends the state of the object that it was filled with. If the object has changed since, the form is refused.
    `instance` is a copy of the object of the page, which keeps what is stored: the heading names it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = copy(self.instance)

    @property
    def filled_with(self) -> str:
        """The state with which the form was filled, as a digest. Empty for a new object."""
        if "filled_with" in self.data:
            return str(self.data["filled_with"])
        return self._state()

    def _state(self) -> str:
        if self.instance.pk is None:
            return ""
        state = [
            (name, sorted(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in self.initial.items()
        ]
        return hashlib.sha256(repr(sorted(state)).encode()).hexdigest()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.data.get("filled_with") and self.data["filled_with"] != self._state():
            self.add_error(None, CHANGED)
        return cleaned

    def _post_clean(self) -> None:
        # Only filled in, so that pages show the new values. Validation is the job of the domain.
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        if self.errors:
            self._add_errors_of_other_fields()

    def _add_errors_of_other_fields(self) -> None:
        """Check the fields of the model that have no error yet, so that all errors are shown at once."""
        unchecked = {
            field.name
            for field in self.instance._meta.fields
            if field.name in self.errors or self.cleaned_data.get(field.name) in EMPTY_VALUES
        }
        try:
            check_fields(self.instance, exclude=unchecked)
        except InvalidInput as refusal:
            for field, message in self._reasons(refusal):
                self.add_error(field, message)


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

    def check_removable(self, obj: Any) -> None:
        """Raise `CinemaError` if it is known that the object cannot be deleted, before staff confirm it."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """If the domain refuses the deletion, show the reason on the page of the object."""
        try:
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_delete_permission(request, obj):
                self.check_removable(obj)
            return self._delete_view(request, object_id, extra_context)
        except CinemaError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)


class UseCaseAdmin(ModelAdmin, WithoutTransaction):
    """The admin of a model that is changed by use cases of the domain.

    Subclasses define a `save_model` that calls one, and a form that is a `UseCaseForm`.
    """

    # Unfold includes it in the form.
    change_form_before_template = "cinema/admin/form_start.html"

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
            removable = [obj.pk for obj in queryset if self._is_removable(request, obj)]
            return actions.delete_selected(self, request, queryset.filter(pk__in=removable)) if removable else None
        for obj in queryset:
            name = str(obj)
            try:
                self.delete_model(request, obj)
            except CinemaError as refusal:
                self.message_user(request, f"{name}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"Deleted: {name}.", messages.SUCCESS)
        return None

    def _is_removable(self, request: HttpRequest, obj: Model) -> bool:
        """False, after a message with the reason, if the object cannot be deleted."""
        try:
            self.check_removable(obj)
        except CinemaError as refusal:
            self.message_user(request, f"{obj}: {refusal}", messages.ERROR)
            return False
        return True

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: Django logs before it deletes, and the domain may still refuse. `delete_model` logs."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The objects alone. The domain decides whether they can be deleted."""
        return [str(obj) for obj in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []
