"""Shows, and the seats that are booked for them."""

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import models


class Show(models.Model):
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    capacity = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Show"]] = models.Manager()

    class Meta:
        app_label = "original"

    def __str__(self) -> str:
        return self.title


class Booking(models.Model):
    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="bookings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookings")
    seat = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Booking"]] = models.Manager()

    class Meta:
        app_label = "original"
        constraints = [models.UniqueConstraint(fields=["show", "seat"], name="one_booking_per_seat")]

    def __str__(self) -> str:
        return f"{self.seat} of {self.show}"
