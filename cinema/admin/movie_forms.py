"""The form of a movie, with the upload of its poster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from cinema.admin.base import ENTER_LANGUAGE, UseCaseForm
from cinema.catalog import poster_urls, posters
from cinema.catalog.movies import MovieFields


@dataclass(frozen=True)
class StoredPoster:
    """The poster of a movie, as the widget of its field expects it."""

    url: str

    def __str__(self) -> str:
        return self.url


class PosterWidget(forms.ClearableFileInput):
    """Shows the current poster, and a box to remove it."""

    template_name = "cinema/admin/poster_widget.html"


class MovieForm(UseCaseForm):
    refusal_messages: ClassVar[Mapping[tuple[str, str], str]] = {("language", "invalid"): ENTER_LANGUAGE}
    poster = forms.FileField(
        required=False,
        widget=PosterWidget({"accept": "image/jpeg,image/png,image/webp", "data-max-bytes": posters.MAX_BYTES}),
        label="Picture",
        help_text=f"JPEG, PNG or WebP, at most {posters.MAX_BYTES // 1_000_000} MB. It is resized.",
    )
    # Without the limits of the model's field: the domain checks them together with the other fields.
    duration_minutes = forms.IntegerField(
        label="Running time (minutes)", widget=UnfoldAdminIntegerFieldWidget({"min": 1})
    )

    class Meta:
        labels = {"certificate": "Age rating", "trailer_url": "Trailer URL"}
        help_texts = {"certificate": "Such as PG-13.", "language": "Original language, such as en or pt-BR."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The field of the URL is for posters on other servers.
        if poster_urls.is_uploaded(self.initial.get("poster_url") or ""):
            self.initial["poster"] = StoredPoster(self.initial["poster_url"])
            self.initial["poster_url"] = ""

    def full_clean(self) -> None:
        super().full_clean()
        if self.errors and "poster" in self.files and "poster" not in self.errors:
            self.add_error("poster", "Choose the picture again. It was not kept, because of the other errors.")

    def values(self, names: Iterable[str]) -> MovieFields:
        """The entered values of the fields `names`. Genres and the cast are returned as names.

        An uploaded poster is stored, and its URL returned. Raises `InvalidInput` if it is not a picture.
        """
        entered = {name: self.cleaned_data[name] for name in names}
        if "genres" in entered:
            entered["genres"] = [genre.name for genre in entered["genres"]]
        if "cast" in entered:
            entered["cast"] = entered["cast"].splitlines()
        entered |= self._changed_poster(entered.pop("poster", None))
        return cast("MovieFields", entered)

    def _changed_poster(self, uploaded: object) -> dict[str, str]:
        """The URL of a poster that was uploaded, an empty one if it was removed, or nothing."""
        if isinstance(uploaded, UploadedFile):
            return {"poster_url": posters.store(uploaded.read(posters.MAX_BYTES + 1))}
        if uploaded is False and "poster_url" not in self.changed_data:
            return {"poster_url": ""}
        return {}
