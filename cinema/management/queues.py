"""Every queue that `work` serves."""

from cinema.accounts import mails
from cinema.management.loops import Task

# Small batches: a worker that is asked to stop finishes the current one.
QUEUES = (Task("mails", "Emails processed", mails.send_due, batch=5),)
