"""Run with an installation's environment: makes an organization with its people, as JSON in and out."""

import json
import os
import secrets
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")

import django


def main() -> None:
    django.setup()
    # These import models, which is possible once Django is set up.
    from maskwright.accounts.models import User
    from maskwright.accounts.services.tokens import create_token
    from maskwright.core.scope import organization_scope
    from maskwright.organizations.services.membership import add_member, create_organization

    order = json.load(sys.stdin)
    organization = create_organization(name=order["organization"], is_vendor=order["is_vendor"])
    made = {}
    for username, role in order["people"].items():
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(username, f"{username}@example.org", password)
        with organization_scope(organization.pk):
            add_member(user=user, role=role)
        _, token = create_token(user=user, organization_id=organization.pk, name="end to end")
        made[username] = {"id": str(user.pk), "username": username, "password": password, "api_token": token}
    print(json.dumps(made))


if __name__ == "__main__":
    main()
