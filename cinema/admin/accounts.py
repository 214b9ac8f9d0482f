from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from cinema.accounts import sessions
from cinema.accounts.models import User
from cinema.accounts.registration import TAKEN

# The library registers its own model, whose table stays empty; ours is not for staff either.
admin.site.unregister(apps.get_model("refresh_token", "RefreshToken"))
admin.site.unregister(Group)

PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")


class NamesForm:
    """A username or an address is somebody's whatever its case, and addresses are kept in lower case."""

    cleaned_data: dict[str, Any]
    instance: User

    def clean_username(self) -> str:
        return self._not_taken("username", self.cleaned_data["username"])

    def clean_email(self) -> str:
        return self._not_taken("email", self.cleaned_data["email"].lower())

    def _not_taken(self, field: str, name: str) -> str:
        if User.objects.known_as(name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(TAKEN[field], code="unique")
        return name


class ChangeUserForm(NamesForm, UserChangeForm):
    pass


class AddUserForm(NamesForm, UserCreationForm):
    pass


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, ModelAdmin):
    """Customers and staff. Only a superuser makes somebody staff, or changes an account that may do more than buy."""

    form = ChangeUserForm
    add_form = AddUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_active", "is_staff", "date_joined", "last_login"]
    search_fields = ["username", "email"]
    fieldsets = [
        (None, {"fields": ["username", "email", "first_name", "last_name", "password"]}),
        (
            "What the account may do",
            {"fields": ["is_active", *PRIVILEGES]},
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "usable_password", "password1", "password2"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [*self.readonly_fields, *(() if request.user.is_superuser else PRIVILEGES)]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            # A token of a closed account is no good, and is not to be good again should the account be opened.
            sessions.end_all(of=obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin, ModelAdmin):
    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        if db_field.name == "permissions":
            kwargs["queryset"] = _permissions_about_the_cinema()
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    # Otherwise whoever may change users could set the password of somebody who may do more, and sign in as them.
    return user is None or request.user.is_superuser or not _has_privileges(user)


def _has_privileges(user: User) -> bool:
    """The API asks for permissions alone, whether or not an account is marked as staff; a closed one can be opened."""
    return user.is_staff or user.is_superuser or user.groups.exists() or user.user_permissions.exists()


def _permissions_about_the_cinema() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label__in=["cinema", "auth"]).select_related("content_type")
