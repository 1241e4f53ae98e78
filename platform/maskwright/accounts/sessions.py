"""Sessions that know whose they are: rows in the database with the person and the organization chosen in them.

Django's own rows can only be searched by opening each. Here all sessions of a person in one organization end with one
statement, in the transaction that ends the person's rights.
"""

import uuid
from typing import Any

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

#: Where a session keeps the organization its person works in now.
CHOSEN = "organization_id"
#: The one organization that a session may open which came from this organization's identity provider.
ONLY = "only_organization_id"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from maskwright.accounts.models import SignedInSession  # Django reads settings before there are models

        return SignedInSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = _id(data.get(USER_KEY))
        row.chosen = _id(data.get(CHOSEN))
        return row


def _id(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None
