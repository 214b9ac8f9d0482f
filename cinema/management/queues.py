"""Every queue that `work` serves."""

from cinema.accounts import emails
from cinema.accounts.mail_queue import QueuedMail
from cinema.management.loops import Task

# The batches are small, because a worker finishes the current batch before it stops.
QUEUES = (Task("emails", "Emails processed", emails.send_due, batch=5, queue=QueuedMail),)
