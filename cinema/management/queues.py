"""Every queue that `work` serves."""

from cinema.accounts import emails
from cinema.accounts.mail_queue import QueuedMail
from cinema.booking import emails as booking_emails
from cinema.booking.email_queue import BookingEmail
from cinema.management.loops import Task

# The emails of a batch are sent through one connection. A worker finishes the current batch before it stops.
QUEUES = (
    Task("emails", "Emails processed", emails.send_due, batch=10, queue=QueuedMail),
    Task("booking-emails", "Booking emails processed", booking_emails.send_due, batch=10, queue=BookingEmail),
)
