"""In processes of their own: `claim` with an older tree's code, `submit` with the present one's; JSON in and out."""

import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")

import django


def claim() -> dict[str, Any]:
    """A job at work, one assignment of which is held by a labeler."""
    from maskwright.core.scope import organization_scope
    from tests.factories.jobs import make_job
    from tests.plugins.cast import make_company
    from workforce.models import Claim
    from workforce.services import claims

    company = make_company("Acme Vision")
    make_job(company)
    labeler = company.people["labeler"]
    with organization_scope(company.id, user_id=labeler.pk):
        taken = claims.claim(user_id=labeler.pk)
        assert isinstance(taken, claims.Claimed)
        token = Claim.objects.get(pk=taken.claim_id).fencing_token
    return {"api_token": company.tokens["labeler"], "id": str(taken.claim_id), "token": token}


def submit() -> dict[str, Any]:
    """The answer to that assignment, by the public API."""
    from django.test import Client

    from tests.factories.work import act, flat_mask

    held = json.load(sys.stdin)
    client = Client(headers={"Authorization": f"Bearer {held['api_token']}", "Host": "localhost"})
    key = "6f1c9a52-58b4-4c0f-9b56-0d6a1ad2c7a1"
    lease = act(client, held, "heartbeat", {"active_seconds": 1})
    answers = [act(client, held, "submit", flat_mask(1), **{"Idempotency-Key": key}) for _ in range(2)]
    return {"heartbeat": lease.status_code, "submits": [[one.status_code, one.json()] for one in answers]}


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"claim": claim, "submit": submit}[sys.argv[1]]()))
