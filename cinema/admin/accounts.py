from copy import copy
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, ManyToManyField, QuerySet
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from cinema.accounts import name_search, users
from cinema.accounts.models import User
from cinema.accounts.users import PRIVILEGES
from cinema.admin.base import DeletingAdmin, RefusableForm, UseCaseForm, staff
from cinema.core.errors import CinemaError
from cinema.core.text import counted

# graphql_jwt registers its own model, whose table stays empty. Staff do not manage our refresh tokens.
admin.site.unregister(apps.get_model("refresh_token", "RefreshToken"))
admin.site.unregister(Group)


class PermissionsByName(admin.ModelAdmin):
    """Offers the permissions of this project, as "Can view booking"."""

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: Any = None, **kwargs: Any) -> Any:
        if db_field.related_model is not Permission:
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        kwargs["queryset"] = _permissions_of_this_project()
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.label_from_instance = _permission_name
        return field


class PasswordForm(RefusableForm):
    """The use case checks the password, so the form only compares both entries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["usable_password"]
        login.label, login.help_text = "Login", "If it is disabled, this user cannot log in."

    def validate_password_for_user(self, user: User, **kwargs: Any) -> None:
        """Do nothing: the use case checks the password."""

    def fields_of(self, source: str | CinemaError) -> list[str]:
        return ["password1"] if source == "password" else super().fields_of(source)

    @property
    def password(self) -> str | None:
        """The entered password, or None to disable login with a password."""
        return self.cleaned_data["password1"] if self.cleaned_data["set_usable_password"] else None


class AddUserForm(PasswordForm, UseCaseForm, UserCreationForm):
    def clean_username(self) -> str:
        # Django's method would query for another user with this name, which the use case does.
        username: str = self.cleaned_data["username"]
        return username


class PasswordState(ReadOnlyPasswordHashWidget):
    """Whether the user has a password. Staff need not know how it is hashed."""

    template_name = "cinema/admin/password_state.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"is_set": is_password_usable(value)}


class ChangeUserForm(UseCaseForm, UserChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.widget = PasswordState()
        # The address is relative to that of this form.
        password.help_text = format_html('<a href="{}">Change the password</a>', "../password/")


class SetPasswordForm(PasswordForm, AdminPasswordChangeForm):
    user: User

    def __init__(self, *args: Any, by: User, refusal: CinemaError | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        self.refusal = refusal

    def save(self, commit: bool = True) -> User:
        self.user = users.set_password(user_id=self.user.pk, by=self._by, password=self.password)
        return self.user


# Django's UserAdmin.get_form accepts `change` only as a keyword argument, and Django passes it as one.
@admin.register(User)
class UserAdmin(PermissionsByName, auth_admin.UserAdmin, DeletingAdmin):  # type: ignore[misc]
    """Customers and staff. Only superusers can change privileges and users with privileges."""

    form = ChangeUserForm
    add_form = AddUserForm
    list_display = ["username", "email", "is_active", "is_staff", "date_joined", "last_login"]
    # `get_search_results` executes the search. Django shows the search box only if there is a field here.
    search_fields = ["username"]
    search_help_text = "Name, username or email"
    fieldsets = [
        (None, {"fields": ["username", "email", "first_name", "last_name", "password"]}),
        (
            "Permissions",
            {"fields": ["is_active", *PRIVILEGES]},
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        return name_search.having_words(queryset, search_term), False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [*self.readonly_fields, *(() if request.user.is_superuser else PRIVILEGES)]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        note = {"description": "Only a superuser can change staff status, groups and permissions."}
        return [(name, {**options, **(note if name == "Permissions" else {})}) for name, options in fieldsets]

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        # Django's method would call this in a transaction.
        return self._add_view(request, form_url, extra_context)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> User:
        # Django's method would hash the password, which the use case does.
        user: User = form.instance
        return user

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            changes: Any = {name: form.cleaned_data[name] for name in form.changed_data}
            users.change(user_id=obj.pk, by=staff(request), **changes)
        else:
            data = form.cleaned_data
            obj.pk = users.add(username=data["username"], email=data["email"], password=form.password).pk

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 - Django's
        """If the domain refuses the password, show the form again with the reasons."""
        try:
            return self._password_page(request, id, form_url, refusal=None)
        except CinemaError as refusal:
            return self._password_page(request, id, form_url, refusal=refusal)

    def _password_page(self, request: HttpRequest, user_id: str, form_url: str, *, refusal: CinemaError | None) -> Any:
        # Django does not pass the request to this form. It is set on a copy, because all requests share `self`.
        page: Any = copy(self)
        page.change_password_form = partial(SetPasswordForm, by=staff(request), refusal=refusal)
        return super(UserAdmin, page).user_change_password(request, user_id, form_url)

    def check_removable(self, obj: User) -> None:
        users.check_removable(obj)

    def remove(self, request: HttpRequest, obj: User) -> None:
        users.remove(user_id=obj.pk, by=staff(request))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(request, obj) and obj != request.user


@admin.register(Group)
class GroupAdmin(PermissionsByName, auth_admin.GroupAdmin, ModelAdmin):
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The groups, and how many users lose their permissions."""
        found = Group.objects.filter(pk__in=[group.pk for group in objs]).annotate(user_count=Count("user"))
        names = [
            f"{name} (removed from {counted(count, 'user')})" for name, count in found.values_list("name", "user_count")
        ]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []


def _permission_name(permission: Permission) -> str:
    return permission.name


def _may_change(request: HttpRequest, user: User | None) -> bool:
    return user is None or users.may_change(user, by=staff(request))


def _permissions_of_this_project() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label__in=["cinema", "auth"]).select_related("content_type")
