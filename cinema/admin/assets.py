"""Scripts, a style sheet and the icon of all admin pages, for Unfold's settings."""

from django.http import HttpRequest
from django.templatetags.static import static


def select2(_: HttpRequest) -> str:
    """The URL of the script that corrects Select2 for screen readers."""
    return static("cinema/admin/select2.js")


def forms(_: HttpRequest) -> str:
    """The URL of the script that keeps a form from being sent twice and focuses its first field."""
    return static("cinema/admin/forms.js")


def entries(_: HttpRequest) -> str:
    """The URL of the script that keeps the entries of a form if the session has expired."""
    return static("cinema/admin/entries.js")


def keyboard(_: HttpRequest) -> str:
    """The URL of the script that opens menus by keyboard."""
    return static("cinema/admin/keyboard.js")


def corrections(_: HttpRequest) -> str:
    """The URL of the styles that correct those of Unfold."""
    return static("cinema/admin/unfold.css")


def icon(_: HttpRequest) -> str:
    """The URL of the icon in the tab of the browser."""
    return static("front/icon.svg")
