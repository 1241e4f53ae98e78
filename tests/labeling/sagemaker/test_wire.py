"""Signatures, clock, replays, bodies and errors of the SageMaker API; no wrong request gets a server error."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from labeling.models import SageMakerCall, TaskUi
from labeling.sagemaker import limits
from labeling.sagemaker.operation import operation_names
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import AccessKey
from tests.factories.aws import Aws, aws_client, make_key, session_client
from tests.plugins.cast import Company

LIST = "ListWorkteams"


def _error(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["__type"]


@pytest.mark.parametrize("path", ["/", "/sagemaker/", "/sagemaker"])
def test_a_signed_request_is_answered(acme: Company, path: str) -> None:
    aws = aws_client(acme)
    answer = aws.send(aws.signed(LIST, b"{}", path=path), b"{}", path=path)
    assert (answer.status_code, json.loads(answer.content)) == (200, {"Workteams": []})
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert len(answer.headers["x-amzn-RequestId"]) == 36
    with organization_scope(acme.id):
        assert AccessKey.objects.get().last_used_at is not None


def test_the_first_page_stays_the_first_page(acme: Company) -> None:
    assert Client().get("/").headers["Location"].startswith("/accounts/login/")
    assert acme.browser("owner").get("/").headers["Location"] == "/manage/"
    assert Client().get("/sagemaker/").status_code == 405


def test_a_browsers_session_counts_for_nothing(acme: Company) -> None:
    answer = acme.browser("owner").post(
        "/", "{}", content_type="application/json", headers={"X-Amz-Target": f"SageMaker.{LIST}"}
    )
    assert _error(answer) == (403, "MissingAuthenticationToken")
    plain = acme.browser("owner").post("/", "{}", content_type="application/json")
    assert _error(plain) == (403, "MissingAuthenticationToken")


def _changed(headers: dict[str, str], **changes: str) -> dict[str, str]:
    return {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_whatever_is_changed_on_the_way_is_noticed(acme: Company) -> None:
    aws = aws_client(acme)
    headers = aws.signed(LIST, b"{}")
    refused = (403, "InvalidSignatureException")
    assert aws.send(headers, b"{}").status_code == 200
    assert _error(aws.send(headers, b"{ }")) == refused
    assert _error(aws.send(_changed(headers, X_Amz_Target="SageMaker.ListWorkforces"), b"{}")) == refused
    assert _error(aws.send(_changed(headers, X_Amz_Extra="1"), b"{}")) == refused
    assert _error(aws.send(headers, b"{}", path="/sagemaker/")) == refused
    assert _error(aws.send(headers, b"{}", path="/?a=1")) == refused
    one_off = headers["Authorization"][:-1] + ("0" if headers["Authorization"][-1] != "0" else "1")
    assert _error(aws.send(_changed(headers, Authorization=one_off), b"{}")) == refused
    assert _error(aws.send(_changed(headers, X_Amz_Content_Sha256="0" * 64), b"{}")) == refused


def test_the_payloads_hash_is_checked_where_it_is_sent(acme: Company) -> None:
    """Some signers send it; it is signed then, and must be the body's."""
    aws = aws_client(acme)
    unsigned = _changed(aws.signed(LIST, b"{}"), X_Amz_Content_Sha256="UNSIGNED-PAYLOAD")
    assert _error(aws.send(unsigned, b"{}")) == (403, "InvalidSignatureException")


def test_another_secret_and_an_unknown_key_are_refused(acme: Company) -> None:
    aws = aws_client(acme)
    assert Aws(aws.key_id, aws.secret + "x").call(LIST).status_code == 403
    assert _error(Aws(aws.key_id, "other").call(LIST)) == (403, "InvalidSignatureException")
    assert _error(Aws("AKIA" + "A" * 16, aws.secret).call(LIST)) == (403, "UnrecognizedClientException")
    for key_id in ("x" * 300, "é", "a b"):
        assert _error(Aws(key_id, aws.secret).call(LIST))[0] == 403


def test_a_key_that_was_switched_off_or_ran_out_is_refused(acme: Company) -> None:
    aws = aws_client(acme)
    AccessKey.objects.update(disabled_at=timezone.now())
    assert _error(aws.call(LIST)) == (403, "UnrecognizedClientException")
    AccessKey.objects.update(disabled_at=None, expires_at=timezone.now())
    assert _error(aws.call(LIST)) == (403, "ExpiredTokenException")


def test_a_temporary_key_needs_its_session_token(acme: Company) -> None:
    made = make_key(acme)
    session = session_client(acme, made)
    assert session.call(LIST).status_code == 200
    without = Aws(session.key_id, session.secret)
    assert _error(without.call(LIST)) == (403, "UnrecognizedClientException")
    wrong = Aws(session.key_id, session.secret, session.token[:-2] + "xx")
    assert _error(wrong.call(LIST)) == (403, "UnrecognizedClientException")
    lasting = Aws(made.key.key_id, made.secret, "unasked")
    assert _error(lasting.call(LIST)) == (403, "UnrecognizedClientException")


@pytest.mark.parametrize(("minutes", "says"), [(-6, "Signature expired"), (6, "Signature not yet current")])
def test_clocks_may_differ_by_five_minutes(acme: Company, minutes: int, says: str) -> None:
    aws = aws_client(acme)
    now = datetime.now(UTC)
    late = aws.send(aws.signed(LIST, b"{}", at=now + timedelta(minutes=minutes)), b"{}")
    assert _error(late) == (403, "InvalidSignatureException")
    assert says in json.loads(late.content)["Message"]
    within = aws.signed(LIST, b"{}", at=now + timedelta(minutes=minutes * 2 / 3))
    assert aws.send(within, b"{}").status_code == 200


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "MissingAuthenticationToken"),
        ("AWS4-HMAC-SHA256", "IncompleteSignature"),
        ("AWS4-HMAC-SHA512 Credential=a/b/c/d/e", "IncompleteSignature"),
        ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0", "IncompleteSignature"),
        (
            "AWS4-HMAC-SHA256 Credential=a/1/r/s3/aws4_request, SignedHeaders=host, Signature=0",
            "InvalidSignatureException",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/1/r/sagemaker/aws4, SignedHeaders=host, Signature=0",
            "InvalidSignatureException",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/1/r/sagemaker/aws4_request, SignedHeaders=host, Signature=0",
            "IncompleteSignature",
        ),
        ("AWS4-HMAC-SHA256 ,,,=,=", "IncompleteSignature"),
    ],
)
def test_a_header_of_another_form_is_told_why(acme: Company, authorization: str, code: str) -> None:
    headers = {"X-Amz-Target": f"SageMaker.{LIST}", "Authorization": authorization}
    assert _error(Aws("", "").send({name: value for name, value in headers.items() if value}, b"{}")) == (403, code)


def test_dates_that_are_none_are_refused(acme: Company) -> None:
    aws = aws_client(acme)
    headers = aws.signed(LIST, b"{}")
    for stamp in ("", "20260230T000000Z", "yesterday", "2026-01-01T00:00:00Z", "٢٠٢٦٠١٠١T000000Z"):
        assert aws.send(_changed(headers, X_Amz_Date=stamp), b"{}").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b"null",
        b'"a"',
        b"\xff\xfe",
        b"[" * 50000,
        b'{"a":' * 50000,
        b'{"MaxResults": NaN}',
        b'{"MaxResults": 1' + b"0" * 5000 + b"}",
        b'{"NameContains": "\\ud800"}',
        b'{"NameContains": 1}',
        b'{"MaxResults": "1"}',
        b'{"MaxResults": 1.5}',
        b'{"MaxResults": true}',
        b'{"MaxResults": 1e400}',
    ],
)
def test_bodies_that_are_none_are_refused(acme: Company, body: bytes) -> None:
    aws = aws_client(acme)
    assert _error(aws.send(aws.signed(LIST, body), body)) == (400, "SerializationException")


def test_a_body_that_is_too_large_is_refused(acme: Company) -> None:
    body = b" " * (4 * 1024 * 1024 + 1)
    aws = aws_client(acme)
    assert aws.send(aws.signed(LIST, body), body).status_code == 413


def test_no_body_is_an_empty_request_and_unknown_members_are_passed_over(acme: Company) -> None:
    aws = aws_client(acme)
    assert aws.send(aws.signed(LIST, b" "), b" ").status_code == 200
    assert aws.ok(LIST, Unknown=1, NameContains=None) == {"Workteams": []}


@pytest.mark.parametrize("target", ["CreateTrainingJob", "Nothing", "", "createlabelingjob"])
def test_other_operations_are_named(acme: Company, target: str) -> None:
    assert aws_client(acme).error(target)[0] == "UnknownOperationException"


def test_a_key_does_no_more_than_its_scopes_and_says_so_in_aws_words(acme: Company) -> None:
    code, message = aws_client(acme, "jobs:read").error("DeleteWorkforce", WorkforceName="a")
    assert code == "AccessDeniedException"
    assert f"arn:aws:iam::{acme.organization.account_id}:user/acme-owner is not authorized to perform" in message
    assert "sagemaker:DeleteWorkforce" in message
    assert aws_client(acme, "jobs:read").ok(LIST) == {"Workteams": []}


def test_a_key_whose_owner_became_a_labeler_does_no_more_than_he(acme: Company) -> None:
    assert aws_client(acme, who="labeler").error(LIST)[0] == "AccessDeniedException"


def test_an_organization_sees_its_own_alone(acme: Company, initech: Company) -> None:
    ui = {"HumanTaskUiName": "ours", "UiTemplate": {"Content": "<p>"}}
    arn = aws_client(acme).ok("CreateHumanTaskUi", ui)["HumanTaskUiArn"]
    other = aws_client(initech)
    assert other.ok("ListHumanTaskUis") == {"HumanTaskUiSummaries": []}
    assert other.error("DescribeHumanTaskUi", HumanTaskUiName="ours")[0] == "ResourceNotFound"
    assert other.error("ListTags", ResourceArn=arn)[0] == "ResourceNotFound"
    assert other.error("DeleteHumanTaskUi", HumanTaskUiName="ours")[0] == "ResourceNotFound"


# --- once -------------------------------------------------------------------------------------------------------------
UI = json.dumps({"HumanTaskUiName": "once", "UiTemplate": {"Content": "<p>"}}).encode()


def test_a_retry_gets_the_first_answer_again(acme: Company) -> None:
    """It is signed anew, and carries the same id of its invocation."""
    aws = aws_client(acme)
    first = aws.signed("CreateHumanTaskUi", UI)
    again = aws.signed("CreateHumanTaskUi", UI, at=datetime.now(UTC) + timedelta(seconds=7))
    again["amz-sdk-invocation-id"] = first["amz-sdk-invocation-id"]
    assert first["Authorization"] != again["Authorization"]
    answers = [aws.send(headers, UI) for headers in (first, again, again)]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert len({one.content for one in answers}) == 1
    with organization_scope(acme.id):
        assert TaskUi.objects.count() == 1


def test_another_call_of_the_same_moment_is_another_call(acme: Company) -> None:
    """Same second, same body, same signature, but another id: the program means it, and the name is taken."""
    aws = aws_client(acme)
    now = datetime.now(UTC)
    first, second = (aws.signed("CreateHumanTaskUi", UI, at=now) for _ in range(2))
    assert first["Authorization"] == second["Authorization"]
    assert aws.send(first, UI).status_code == 200
    assert _error(aws.send(second, UI)) == (400, "ResourceInUse")


def test_a_replay_is_not_obeyed(acme: Company) -> None:
    """Somebody who recorded a request sends it again later, under an id of his own."""
    aws = aws_client(acme)
    headers = aws.signed("CreateHumanTaskUi", UI)
    assert aws.send(headers, UI).status_code == 200
    assert aws.ok("DeleteHumanTaskUi", HumanTaskUiName="once") == {}
    with organization_scope(acme.id):
        SageMakerCall.objects.update(created_at=timezone.now() - timedelta(seconds=30))
    assert aws.send(headers, UI).status_code == 200  # the former answer; nothing is done
    replay = _changed(headers, amz_sdk_invocation_id="another-one-entirely")
    assert _error(aws.send(replay, UI)) == (403, "InvalidSignatureException")
    bare = {name: value for name, value in headers.items() if name != "amz-sdk-invocation-id"}
    assert _error(aws.send(bare, UI)) == (403, "InvalidSignatureException")
    with organization_scope(acme.id):
        assert TaskUi.objects.count() == 0


def test_an_invocation_id_means_one_request(acme: Company) -> None:
    aws = aws_client(acme)
    first = aws.signed("CreateHumanTaskUi", UI)
    assert aws.send(first, UI).status_code == 200
    other = UI.replace(b"once", b"twice")
    headers = _changed(aws.signed("CreateHumanTaskUi", other), amz_sdk_invocation_id=first["amz-sdk-invocation-id"])
    assert _error(aws.send(headers, other)) == (400, "ValidationException")


def test_what_failed_may_be_tried_again(acme: Company) -> None:
    aws = aws_client(acme)
    body = b'{"HumanTaskUiName": "none"}'
    headers = aws.signed("DeleteHumanTaskUi", body)
    assert _error(aws.send(headers, body)) == (400, "ResourceNotFound")
    aws.ok("CreateHumanTaskUi", HumanTaskUiName="none", UiTemplate={"Content": "<p>"})
    assert aws.send(headers, body).status_code == 200


def test_answers_are_forgotten_after_an_hour(acme: Company) -> None:
    aws = aws_client(acme)
    aws.ok("CreateHumanTaskUi", HumanTaskUiName="a", UiTemplate={"Content": "<p>"})
    with organization_scope(acme.id):
        SageMakerCall.objects.update(created_at=timezone.now() - timedelta(hours=2))
    aws.ok("CreateHumanTaskUi", HumanTaskUiName="b", UiTemplate={"Content": "<p>"})
    with organization_scope(acme.id):
        assert SageMakerCall.objects.count() == 1


# --- limits -----------------------------------------------------------------------------------------------------------
def test_a_key_that_asks_too_often_is_throttled(acme: Company, settings: Settings) -> None:
    cache.clear()
    settings.SAGEMAKER_RATE = 0
    assert aws_client(acme).error(LIST) == ("ThrottlingException", "Rate exceeded")


def test_an_address_that_is_refused_too_often_is_throttled(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(limits, "REFUSED", 3)
    wrong = Aws("AKIA" + "A" * 16, "secret")
    codes = {_error(wrong.call(LIST))[1] for _ in range(10)}
    assert codes == {"UnrecognizedClientException", "ThrottlingException"}
    cache.clear()
    assert aws_client(acme).call(LIST).status_code == 200


def test_the_operations_are_those_of_ground_truth() -> None:
    assert len(operation_names()) >= 18
