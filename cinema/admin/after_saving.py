"""Where staff continue after they have saved or cancelled a show."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.enums import ActionVariant

from cinema.admin.schedule import next_start
from cinema.catalog.models import Show
from cinema.catalog.time_zones import day_of

# The query parameter of links from the schedule of a day, to which staff return.
BACK = "back"


class AfterSaving(ModelAdmin):
    """The part of the admin of shows that leads back to the schedule, and to the next show of a screen."""

    def response_add(self, request: HttpRequest, obj: Show, post_url_continue: str | None = None) -> HttpResponse:
        """*Save and add another* suggests the same screen, after the show, and the same price list."""
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        if "_addanother" not in request.POST:
            return response
        show = Show.objects.with_details().get(pk=obj.pk)
        query = {"screen": show.screen_id, "starts_at": next_start(show.ends_at, show.screen.theater)}
        if request.POST.get("price_list"):
            query["price_list"] = request.POST["price_list"]
        if BACK in request.GET:
            query[BACK] = "schedule"
        return redirect(reverse("admin:cinema_show_add", query=query))

    def response_post_save_add(self, request: HttpRequest, obj: Show) -> Any:
        return redirect(schedule_of(obj)) if BACK in request.GET else super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Show) -> Any:
        return redirect(schedule_of(obj)) if BACK in request.GET else super().response_post_save_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Show) -> HttpResponse:
        response: HttpResponse = super().response_change(request, obj)
        if "_continue" in request.POST and BACK in request.GET:
            return redirect(page_of(request, obj))
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """For staff who come from the schedule, add a link to it, and keep `BACK` in the link that cancels the show."""
        show, links = context["original"], context.get("actions_detail", [])
        if show is not None and BACK in request.GET:
            cancel = reverse("admin:cinema_show_cancel_this_show", args=[show.pk])
            for link in links:
                if link["path"] == cancel:
                    link["path"] = f"{cancel}?{BACK}=schedule"
            to_schedule = {"title": "Back to the schedule", "icon": "arrow_back", "path": schedule_of(show)}
            context["actions_detail"] = [{**to_schedule, "variant": ActionVariant.DEFAULT}, *links]
        return super().render_change_form(request, context, *args, **kwargs)


def page_of(request: HttpRequest, show: Show) -> str:
    """The URL of the page of the show, with `BACK` if the request has it."""
    query = {BACK: "schedule"} if BACK in request.GET else {}
    return reverse("admin:cinema_show_change", args=[show.pk], query=query)


def schedule_of(obj: Show) -> str:
    """The URL of the schedule of the day of the show, as it is now stored."""
    show = Show.objects.with_details().get(pk=obj.pk)
    theater = show.screen.theater
    day = day_of(show.starts_at, theater.time_zone, ends_at=theater.day_ends_at)
    return reverse("admin:cinema_show_schedule", query={"theater": theater.pk, "day": day})
