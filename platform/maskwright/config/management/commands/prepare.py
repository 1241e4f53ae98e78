"""`manage.py prepare`: what each start needs once the database is migrated. Running it again changes nothing."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from maskwright.accounts.models import User
from maskwright.config import demo, env
from maskwright.core.errors import DomainError
from maskwright.organizations.services.operators import create_account


class Command(BaseCommand):
    help = (
        "Prepare the object folder, collect static files where they are not served from their sources, make the first "
        "operator (OPERATOR_USERNAME, OPERATOR_PASSWORD) and, with DEMO=1, the demo."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = [*self._object_folder(), *self._static_files(), *self._operator()]
            if settings.DEMO:
                done.append(demo.ensure_demo(settings.MASKWRIGHT_HOME / "demo.json"))
        except DomainError as error:
            raise CommandError("\n".join([error.message, *(problem.message for problem in error.fields)])) from error
        self.stdout.write("\n".join([*done, "Prepared."]))

    @staticmethod
    def _object_folder() -> list[str]:
        address = urlsplit(settings.MASKWRIGHT_STORAGE)
        if address.scheme != "file":
            return []
        folder = Path(unquote(address.path))
        if folder.is_dir():
            return []
        folder.mkdir(parents=True, mode=0o700)
        return [f"Made the object folder {folder}."]

    @staticmethod
    def _static_files() -> list[str]:
        """WhiteNoise serves the sources themselves unless that is switched off; then they are copied."""
        if settings.WHITENOISE_USE_FINDERS:
            return []
        call_command("collectstatic", interactive=False, verbosity=0)
        return [f"Collected static files in {settings.STATIC_ROOT}."]

    @staticmethod
    def _operator() -> list[str]:
        """The first operator's account; an existing one keeps its password."""
        username, password = env.text("OPERATOR_USERNAME"), env.text("OPERATOR_PASSWORD")
        if not username:
            return []
        found = User.objects.filter(username__iexact=username).first()
        if found is not None and not found.is_superuser:
            raise CommandError(
                f"OPERATOR_USERNAME={username} is the account of a member. Choose another name for the operator."
            )
        if found is not None:
            return []
        if not password:
            raise CommandError("OPERATOR_USERNAME is set but OPERATOR_PASSWORD is not. Set both, or none.")
        create_account(username=username, password=password, is_operator=True)
        return [f"Made the operator {username}."]
