"""Run with an installation's environment: makes organizations with their people; a JSON line in, one out for each."""

import json
import os
import secrets
import sys
import traceback
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")

import django


def main() -> None:
    django.setup()
    from django.contrib.auth.hashers import make_password

    # One for all, since a hash takes as long as it should.
    password = secrets.token_urlsafe(12)
    hashed = make_password(password)
    for line in sys.stdin:
        try:
            answer = _make(json.loads(line), password, hashed)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


def _make(order: dict[str, Any], password: str, hashed: str) -> dict[str, Any]:
    # These import models, which is possible once Django is set up.
    from django.db import connections

    from maskwright.accounts.models import User
    from maskwright.accounts.services.tokens import create_token
    from maskwright.core.scope import organization_scope
    from maskwright.organizations.services.membership import add_member, create_organization

    for connection in connections.all():  # the server may have been killed since the last order
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    organization = create_organization(name=order["organization"], is_vendor=order["is_vendor"])
    made = {}
    for username, role in order["people"].items():
        user = User.objects.create(username=username, email=f"{username}@example.org", password=hashed)
        with organization_scope(organization.pk):
            add_member(user=user, role=role)
        _, token = create_token(user=user, organization_id=organization.pk, name="end to end")
        made[username] = {"id": str(user.pk), "username": username, "password": password, "api_token": token}
    return {"made": made}


if __name__ == "__main__":
    main()
