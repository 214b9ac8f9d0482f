from cinema.management.loops import TaskCommand
from cinema.management.queues import QUEUES


class Command(TaskCommand):
    help = "Process the rows that are due in all queues. Several workers can run at the same time."
    tasks = QUEUES
    every = 2
