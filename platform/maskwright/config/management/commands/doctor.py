"""`manage.py doctor`: what is wrong with this installation, and what to do about it."""

import os
import sys
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from maskwright.config.running import running_environment
from maskwright.supervise import doctor
from maskwright.supervise.doctor import Check, Finding, Verdict
from maskwright.supervise.environment import DATABASE_VARIABLES, read_installation
from maskwright.supervise.errors import SupervisionError


class Command(BaseCommand):
    help = "Looks at everything an installation needs; exits with 1 when something is wrong. Changes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--embedded",
            action="store_true",
            help="The addresses in the environment are those of the embedded servers (set by doctor itself).",
        )

    def handle(self, *args: Any, embedded: bool, **options: Any) -> None:
        if not os.environ.get("DATABASE_URL"):
            self._go_on_in_the_running_installation()
        try:
            checks = self._checks(embedded)
        except SupervisionError as error:
            findings = [Finding("Environment", Verdict.WRONG, "not usable", str(error))]
        else:
            findings = doctor.examine(checks)
        self.stdout.write(doctor.report(findings))
        sys.exit(doctor.exit_code(findings))

    @staticmethod
    def _go_on_in_the_running_installation() -> None:
        """`make run` made addresses and passwords for its children; look through the eyes of one of them."""
        found = running_environment(settings.MASKWRIGHT_HOME)
        if found is not None:
            command = [sys.executable, str(settings.ROOT / "manage.py"), "doctor", "--embedded"]
            os.execve(sys.executable, command, found)  # noqa: S606 - our own command

    def _checks(self, embedded: bool) -> list[tuple[str, Check]]:
        environ = dict(os.environ)
        if not environ.get("DATABASE_URL"):
            self.stdout.write("Maskwright does not run here; with `make run` running, doctor looks at the rest too.")
            return doctor.standard_checks(read_installation(environ, settings.ROOT), running=False)
        # Imported here: without addresses there is nothing these could ask.
        from maskwright.config.diagnosis import django_checks

        if not embedded:
            return [*doctor.standard_checks(read_installation(environ, settings.ROOT), running=True), *django_checks()]
        own = {name: value for name, value in environ.items() if name not in (*DATABASE_VARIABLES, "REDIS_URL")}
        standard = doctor.standard_checks(read_installation(own, settings.ROOT), running=False)
        servers: list[tuple[str, Check]] = [
            *((name, partial(doctor.check_role, name, environ)) for name in DATABASE_VARIABLES),
            ("Broker", lambda: doctor.check_broker(environ.get("REDIS_URL", ""))),
        ]
        # That the port is taken is right while it runs.
        return [*(check for check in standard if check[0] != "Port"), *servers, *django_checks()]
