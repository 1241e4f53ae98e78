"""The demo's S3 endpoint as the product and its scripts see it: who may sign there, Acme's connections to it."""

import uuid

from django.conf import settings
from django.db import close_old_connections

from labeling.models import StorageConnection
from labeling.models.storage_connection import StorageKind
from labeling.services.storage_connections import save_storage_connection
from maskwright.accounts.models import User
from maskwright.config.demo.people import CUSTOMER
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.services.access_keys import (
    create_access_key,
    find_access_key,
    is_working,
    session_matches,
)
from maskwright.organizations.services.access_keys import (
    secret_of as stored_secret,
)

BUCKETS = ("in", "out")
#: The product's own key there; its secret stays in the data folder.
OWN_KEY = "maskwright-demo"


def secret_of(key_id: str, session_token: str) -> str | None:
    """With what a key signs at the endpoint; None unless it is the product's own or one of the demo's customer."""
    if key_id == OWN_KEY:
        return settings.DEMO_S3_SECRET or None
    close_old_connections()
    try:
        key = find_access_key(key_id[:40]) if key_id.isascii() and key_id.isalnum() else None
        if key is None or not is_working(key) or key.organization.name != CUSTOMER:
            return None
        return stored_secret(key) if session_matches(key, session_token) else None
    finally:
        close_old_connections()


def connect_buckets(customer: Organization) -> None:
    """Acme's storage connections to the endpoint, at the address it has this time."""
    with organization_scope(customer.pk):
        known = {one.container: one for one in StorageConnection.objects.filter(organization_id=customer.pk)}
        for name in BUCKETS:
            found = known.get(name)
            if found is not None and found.endpoint == settings.DEMO_S3_URL:
                continue
            save_storage_connection(
                connection_id=None if found is None else found.pk,
                name=name,
                kind=StorageKind.S3,
                container=name,
                endpoint=settings.DEMO_S3_URL,
                region="us-east-1",
                credentials={"access_key": OWN_KEY, "secret_key": settings.DEMO_S3_SECRET},
                is_default=name == BUCKETS[-1],
            )


def aws_access(customer: Organization, owner_id: uuid.UUID, before: dict[str, str]) -> dict[str, str]:
    """What a script needs, as it stands in ready.json; the key of `before` is kept while it works."""
    known = find_access_key(before.get("access_key_id", ""))
    if known is not None and is_working(known) and before.get("secret_access_key"):
        key_id, secret = before["access_key_id"], before["secret_access_key"]
    else:
        with organization_scope(customer.pk, user_id=owner_id):
            made = create_access_key(user=User.objects.get(pk=owner_id), name="demo")
        key_id, secret = made.key.key_id, made.secret
    return {
        "access_key_id": key_id,
        "secret_access_key": secret,
        "region": settings.SAGEMAKER_REGION,
        "account_id": customer.account_id,
        "endpoint": settings.PUBLIC_URL,
        "s3_endpoint": settings.DEMO_S3_URL,
    }
