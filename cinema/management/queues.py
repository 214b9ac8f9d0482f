"""Every queue that `work` serves."""

from cinema.accounts import mails
from cinema.management.loops import Task

QUEUES = (Task("mails", "Emails processed", mails.send_due),)
