"""`manage.py run_operations`: sends the outbox and ends leases, until SIGTERM or SIGINT."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maskwright.config.operations import Operations


class Command(BaseCommand):
    help = "Runs publisher and reaper in one process. One is enough; a second one shares the work."

    def handle(self, *args: Any, **options: Any) -> str:
        operations = Operations()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: operations.stop())
        self.stdout.write("Operations: publisher and reaper are running.")
        if not operations.run():
            raise CommandError("A part of operations ended by itself; its error is in the log above.")
        return "Operations ended."
