"""`manage.py password_link USERNAME`: a new link for somebody who cannot sign in, as after the first one ran out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from maskwright.accounts.models import User
from maskwright.organizations.services.passwords import issue_password_link


class Command(BaseCommand):
    help = "Print a link by which an account sets a new password: once, within a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="of the account; create_organization printed it")

    def handle(self, *args: Any, **options: Any) -> str:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account named {options['username']}. Check the spelling.")
        if not user.is_active:
            raise CommandError(f"The account {user.username} is switched off. Switch it on in /operator/ first.")
        link = issue_password_link(user)
        return f"{user.username} sets a password here, once, until {link.expires_at:%Y-%m-%d %H:%M} UTC:\n{link.url}"
