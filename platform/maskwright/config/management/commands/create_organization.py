"""`manage.py create_organization NAME --owner-username NAME`: a new organization and its owner."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from maskwright.core.errors import DomainError
from maskwright.organizations.services.operators import create_organization_with_owner
from maskwright.organizations.services.passwords import issue_password_link


class Command(BaseCommand):
    help = "Make an organization and its owner; prints a link by which a new owner chooses a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the organization's name, unique on this installation")
        parser.add_argument(
            "--owner-username", required=True, help="an existing account becomes owner, else one is made"
        )
        parser.add_argument("--owner-email", default="")
        parser.add_argument("--vendor", action="store_true", help="it may be offered the work of other organizations")
        parser.add_argument("--password-stdin", action="store_true", help="read the new owner's password from stdin")

    def handle(self, *args: Any, **options: Any) -> str:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        try:
            made = create_organization_with_owner(
                name=options["name"],
                owner_username=options["owner_username"],
                owner_email=options["owner_email"],
                is_vendor=options["vendor"],
                password=password,
            )
        except DomainError as error:
            raise CommandError(
                "\n".join([error.message, *(f"  {one.path}: {one.message}" for one in error.fields)])
            ) from error
        kind = "vendor organization" if made.organization.is_vendor else "organization"
        lines = [f"Made the {kind} {made.organization.name} (account {made.organization.account_id})."]
        if not made.is_new_owner:
            lines.append(f"Its owner is the account {made.owner.username}, which keeps its password.")
        elif password is not None:
            lines.append(f"Its owner {made.owner.username} signs in at {settings.PUBLIC_URL}{settings.LOGIN_URL}")
        else:
            link = issue_password_link(made.owner)
            until = f"{link.expires_at:%Y-%m-%d %H:%M} UTC"
            lines.append(f"Its owner {made.owner.username} chooses a password here, once, until {until}:")
            lines.append(link.url)
        return "\n".join(lines)
