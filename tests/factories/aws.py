"""A client of the SageMaker API past HTTP: signs as botocore does and posts through Django's test client."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.test import Client

from maskwright.core.scope import organization_scope
from maskwright.organizations.services.access_keys import NewKey, create_access_key, create_session
from tests.plugins.cast import Company

HOST = "testserver"


@dataclass
class Aws:
    """`account`: the organization's. `headers` are sent besides, unsigned."""

    key_id: str
    secret: str
    token: str = ""
    account: str = ""
    region: str = "us-east-1"

    def signed(self, operation: str, body: bytes, *, path: str = "/", at: datetime | None = None) -> dict[str, str]:
        """The headers of a signed request, as botocore makes them."""
        headers = {
            "Host": HOST,
            "X-Amz-Target": f"SageMaker.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        request = AWSRequest("POST", f"http://{HOST}{path}", data=body, headers=headers)
        credentials = Credentials(self.key_id, self.secret, self.token or None)
        signer = SigV4Auth(credentials, "sagemaker", self.region)
        if at is None:
            signer.add_auth(request)
        else:
            self._sign_at(signer, request, at)
        found = dict(request.headers.items())
        return {**found, "amz-sdk-invocation-id": str(uuid.uuid4())}

    @staticmethod
    def _sign_at(signer: Any, request: Any, at: datetime) -> None:
        stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        request.context["timestamp"] = stamp
        signer._modify_request_before_signing(request)
        canonical = signer.canonical_request(request)
        signer._inject_signature_to_request(
            request, signer.signature(signer.string_to_sign(request, canonical), request)
        )

    def send(self, headers: dict[str, str], body: bytes, *, path: str = "/", method: str = "post") -> Any:
        client = Client(enforce_csrf_checks=True)
        plain = {name: value for name, value in headers.items() if name != "Content-Type"}
        kind = headers.get("Content-Type", "application/x-amz-json-1.1")
        return client.generic(method.upper(), path, body, content_type=kind, headers=plain)

    def call(self, operation: str, request: dict[str, Any] | None = None, **members: Any) -> Any:
        """The HTTP answer to an operation."""
        body = json.dumps((request or {}) | members).encode()
        return self.send(self.signed(operation, body), body)

    def ok(self, operation: str, request: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
        """The answer's body; AssertionError when it is an error."""
        answer = self.call(operation, request, **members)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = json.loads(answer.content) if answer.content else {}
        return found

    def error(self, operation: str, request: dict[str, Any] | None = None, **members: Any) -> tuple[str, str]:
        """Type and message of an error."""
        answer = self.call(operation, request, **members)
        assert 400 <= answer.status_code < 500, (answer.status_code, answer.content)
        found = json.loads(answer.content)
        return found["__type"], found["Message"]


def make_key(company: Company, *scopes: str, who: str = "owner") -> NewKey:
    with organization_scope(company.id, user_id=company.people[who].pk):
        return create_access_key(user=company.people[who], name="aws", scopes=scopes or None)


def aws_client(company: Company, *scopes: str, who: str = "owner") -> Aws:
    made = make_key(company, *scopes, who=who)
    return Aws(made.key.key_id, made.secret, account=company.organization.account_id)


def session_client(company: Company, made: NewKey) -> Aws:
    with organization_scope(company.id, user_id=company.people["owner"].pk):
        session = create_session(access_key_id=made.key.pk)
    return Aws(session.key.key_id, session.secret, session.session_token, account=company.organization.account_id)
