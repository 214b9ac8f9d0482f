"""Every queue that `work` serves."""

from cinema.accounts import mails
from cinema.management.loops import Task

# The batches are small, because a worker finishes the current batch before it stops.
QUEUES = (Task("mails", "Emails processed", mails.send_due, batch=5),)
