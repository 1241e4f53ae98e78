"""Tasks with a template of their own: the page in its frame, the files it may read, and the answer that comes back."""

import json
import time
import uuid
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from labeling.masks import sha256
from labeling.models import Annotation, DataObject, FunctionCall, LabelingJob
from labeling.models.function import CallState, FunctionRole
from labeling.services import frames, granted_files
from labeling.states import TaskType
from maskwright.core.objects import blob_store
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.services.template_hosts import set_template_hosts
from tests.factories.frames import SCRIPT, SOURCE, file_of, form_answer, frame_of, framed_job
from tests.factories.inputs import run_messages
from tests.factories.jobs import make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company, make_company
from workforce.services.grants import accept_grant, offer_grant, staff_grant


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is the server's side, with or without the bundle."""
    monkeypatch.setattr(frames, "crowd_script", lambda language: SCRIPT)


# --- The page -----------------------------------------------------------------------------------------------------


def test_a_claims_page_is_its_template_with_our_script(acme: Company) -> None:
    framed_job(acme)
    found, page = frame_of(acme)
    text = page.content.decode()
    assert page.status_code == 200
    assert f'<script src="{SCRIPT}"></script>' in text and "assets.crowd.aws" not in text
    assert "<p>Look &lt;twice&gt;</p>" in text
    assert "&#34;cat&#34;, &#34;cup&#34;, &#34;vase&#34;" in text
    for secret in (
        "X-Fencing-Token",
        acme.people["labeler"].username,
        "csrf",
        "sessionid",
        found["task"]["job"]["name"],
    ):
        assert secret not in text


def test_its_policy_is_a_sandbox_that_reaches_nothing_else(acme: Company) -> None:
    framed_job(acme)
    page = frame_of(acme)[1]
    policy = dict(one.split(" ", 1) for one in page.headers["Content-Security-Policy"].split("; "))
    assert policy["sandbox"] == "allow-scripts allow-forms allow-modals"
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["connect-src"] == "data: blob: http://testserver/static/ http://testserver/work/files/"
    assert policy["script-src"] == "'unsafe-inline' 'unsafe-eval' http://testserver/static/"
    assert policy["frame-ancestors"] == "http://testserver"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers


def test_the_customers_allowed_hosts_are_let_in(acme: Company) -> None:
    framed_job(acme)
    with organization_scope(acme.id):
        set_template_hosts(["cdn.example.org", "*.tiles.example"])
    policy = frame_of(acme)[1].headers["Content-Security-Policy"]
    assert "/static/ https://cdn.example.org https://*.tiles.example;" in policy


def test_our_own_editor_stays_where_there_is_no_template_or_no_bundle(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job(acme, objects=1, labelers=1, source=SOURCE)
    found = claim(acme.client("labeler")).json()
    assert found["frame"] is None
    page = acme.browser("labeler").get(f"/work/frames/{found['id']}/")
    assert page.status_code == 404 and "sandbox" in page.headers["Content-Security-Policy"]
    framed_job(acme)
    monkeypatch.setattr(frames, "crowd_script", lambda language: None)
    assert claim(acme.client("labeler2")).json()["frame"] is None


def test_a_review_has_our_own_editor(acme: Company) -> None:
    framed_job(acme, reviewers=("reviewer",))
    found = claim(acme.client("labeler")).json()
    assert submit(acme.client("labeler"), found, flat_mask(1)).status_code == 200
    run_messages(acme, "work.item_answered")
    run_messages(acme, "task.consolidate")
    review = claim(acme.client("reviewer")).json()
    assert (review["stage"], review["frame"]) == ("review", None)


def test_the_page_ends_with_the_claim_and_is_nobody_elses(acme: Company, globex: Company) -> None:
    framed_job(acme)
    found, _ = frame_of(acme)
    url = found["frame"]["url"]
    for who in ("labeler2", "manager"):
        assert acme.browser(who).get(url).status_code == 404
    assert globex.browser("labeler").get(url).status_code == 404
    assert Client().get(url).status_code == 404
    by_itself = acme.browser("labeler").get(url, headers={"Sec-Fetch-Dest": "document"})
    assert by_itself.status_code == 404 and SCRIPT not in by_itself.content.decode()
    assert acme.browser("labeler").get(url, headers={"Sec-Fetch-Dest": "iframe"}).status_code == 200
    act(acme.client("labeler"), found, "release")
    over = acme.browser("labeler").get(url)
    assert over.status_code == 409 and b"over" in over.content


def test_a_template_that_fails_with_a_photo_says_so(acme: Company) -> None:
    framed_job(acme, "{% assign a = task.input.labels | size | minus: 3 %}\n{{ 1 | divided_by: a }}")
    page = frame_of(acme)[1]
    assert page.status_code == 422
    assert "Line 2" in page.content.decode() and "sandbox" in page.headers["Content-Security-Policy"]


# --- The files ----------------------------------------------------------------------------------------------------


def test_a_granted_photo_is_read_without_a_cookie(acme: Company) -> None:
    framed_job(acme)
    url = file_of(frame_of(acme)[1].content.decode())
    response: Any = Client().get(url)
    assert response.status_code == 200
    with Image.open(BytesIO(b"".join(response.streaming_content))) as image:
        assert image.size == (12, 8)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_it_is_over_with_the_claim_with_time_and_with_the_person(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    framed_job(acme)
    found, page = frame_of(acme)
    url = file_of(page.content.decode())
    ticket, token = url.split("/")[-2:]
    assert Client().get(url).status_code == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + granted_files.CLAIM_SECONDS + 1)
    assert Client().get(url).status_code == 404
    monkeypatch.undo()
    with organization_scope(acme.id):
        Membership.objects.filter(user=acme.people["labeler"]).update(is_active=False)
    assert Client().get(url).status_code == 404
    with organization_scope(acme.id):
        Membership.objects.filter(user=acme.people["labeler"]).update(is_active=True)
        Organization.objects.filter(pk=acme.id).update(labeler_networks=["203.0.113.0/24"])
    assert Client().get(url).status_code == 404
    assert Client(REMOTE_ADDR="203.0.113.7").get(url).status_code == 200
    with organization_scope(acme.id):
        Organization.objects.filter(pk=acme.id).update(labeler_networks=[])
    wrong = [f"{ticket}/{token[:-3]}xxx", f"{ticket[:-1]}/{token}", f"{ticket}x/{token}", f"a/{token}", f"W10/{token}"]
    for one in wrong:
        assert Client().get(f"/work/files/{one}").status_code == 404, one
    act(acme.client("labeler"), found, "release")
    assert Client().get(url).status_code == 404


def test_a_ticket_opens_no_other_claims_file(acme: Company) -> None:
    framed_job(acme, objects=2, labelers=2)
    first = file_of(frame_of(acme)[1].content.decode()).split("/")
    second = file_of(frame_of(acme, "labeler2")[1].content.decode()).split("/")
    assert Client().get("/".join([*first[:-1], second[-1]])).status_code == 404


def test_a_template_reads_files_of_its_own_organization_only(acme: Company, globex: Company) -> None:
    theirs = make_job(globex, objects=1)
    with organization_scope(globex.id):
        secret = DataObject.objects.get(job_id=theirs.id).source_ref
    framed_job(acme, f"<img src=\"{{{{ '{secret}' | grant_read_access }}}}\"><crowd-form></crowd-form>")
    assert Client().get(file_of(frame_of(acme)[1].content.decode())).status_code in (404, 422)


def test_a_vendors_labeler_reads_the_customers_photo_and_hosts(acme: Company, globex_vendor: Company) -> None:
    made = framed_job(acme)
    with organization_scope(acme.id):
        set_template_hosts(["cdn.example.org"])
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex_vendor.id, title="Paint")
    team = make_team(globex_vendor, [globex_vendor.people["labeler"]])
    with organization_scope(globex_vendor.id, with_grants=True):
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    _, page = frame_of(globex_vendor)
    assert page.status_code == 200 and "https://cdn.example.org" in page.headers["Content-Security-Policy"]
    assert Client().get(file_of(page.content.decode())).status_code == 200


@pytest.fixture
def globex_vendor() -> Company:
    return make_company("Vendor of frames", is_vendor=True)


# --- The answer ---------------------------------------------------------------------------------------------------


def test_a_forms_answer_becomes_the_stored_mask(acme: Company) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    found = claim(client).json()
    key = uuid.uuid4()
    reply = submit(client, found, {"kind": "crowd", "content": form_answer()}, key)
    assert reply.status_code == 200, reply.content
    again = submit(client, found, {"kind": "crowd", "content": form_answer()}, key)
    assert again.json() == reply.json()
    with organization_scope(acme.id):
        row = Annotation.objects.get()
    assert (row.kind, row.sha256) == ("mask", sha256(flat_mask(1)))
    assert row.content["crowd"]["form"] == {"note": "a cat"} and row.content["crowd"]["element"] == "annotator"


def test_the_worker_response_is_as_the_form_sent_it(acme: Company) -> None:
    made = framed_job(acme)
    client = acme.client("labeler")
    submit(client, claim(client).json(), {"kind": "crowd", "content": form_answer()})
    run_messages(acme, "work.item_answered")
    run_messages(acme, "task.consolidate")
    with organization_scope(acme.id):
        job = LabelingJob.objects.get(pk=made.id)
    prefix = f"org/{acme.id}/output/{job.name}/annotations/worker-response/"
    (file,) = blob_store().list(prefix)
    response = json.loads(blob_store().get(file.key))
    content = response["answers"][0]["answerContent"]
    assert content["note"] == "a cat"
    assert set(content["annotator"]) == {"inputImageProperties", "labelMappings", "labeledImage"}


def test_a_wrong_answer_is_refused_with_its_place_and_the_claim_stays(acme: Company) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    found = claim(client).json()
    reply = submit(client, found, {"kind": "crowd", "content": form_answer(color=(1, 2, 3))})
    body = reply.json()
    assert (reply.status_code, body["code"]) == (422, "wrong_answer")
    assert body["fields"][0]["path"] == "content.annotator.labeledImage.pngImageData"
    assert "#010203" in body["message"]
    assert submit(client, found, {"kind": "crowd", "content": {"note": "x"}}).json()["fields"][0]["code"] == "no_mask"
    assert submit(client, found, {"kind": "crowd", "content": form_answer()}).status_code == 200


def test_a_mask_as_png_is_taken_too(acme: Company) -> None:
    framed_job(acme)
    client = acme.client("labeler")
    assert submit(client, claim(client).json(), flat_mask(2)).status_code == 200


# --- What it finds in task.input ----------------------------------------------------------------------------------


def test_a_pre_annotation_functions_answer_is_the_input(acme: Company) -> None:
    made = framed_job(acme, "<p>{{ task.input.hint }}|{{ task.input.labels }}</p>")
    task = made.tasks[0]
    with organization_scope(acme.id):
        FunctionCall.objects.create(
            job=made.job,
            work_queue=made.queue,
            data_object_id=task.data_object_id,
            index=0,
            role=FunctionRole.PRE,
            state=CallState.DONE,
            answer={"task_input": {"hint": "by <function>"}, "is_required": True},
        )
    assert b"<p>by &lt;function&gt;|</p>" in frame_of(acme)[1].content


def test_an_adjustment_has_its_manifest_line(acme: Company) -> None:
    made = framed_job(acme, "<p>{{ task.input.manifestLine.source-ref }}|{{ task.input.manifestLine.old-ref }}</p>")
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(task_type=TaskType.ADJUSTMENT)
        photo = DataObject.objects.get()
        photo.line = json.dumps({"source-ref": photo.source_ref, "old-ref": "s3://out/old.png"})
        photo.save(update_fields=["line"])
    assert f"<p>{photo.source_ref}|s3://out/old.png</p>".encode() in frame_of(acme)[1].content
