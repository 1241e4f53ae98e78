"""`manage.py verify_output`: a job's own tree passes, damage is told with file and line, exit codes."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labeling.services.consolidation import consolidate_task
from labeling.services.publishing import publish_job
from maskwright.core.objects import blob_store
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.services.items import settle_item

MANIFEST = "manifests/output/output.manifest"


@pytest.fixture
def made(acme: Company) -> MadeJob:
    """A job of two photos, each answered once, with its output written."""
    made = make_job(acme, objects=2, labelers=1)
    client = acme.client("labeler")
    for _ in made.tasks:
        assert submit(client, claim(client).json(), flat_mask(1)).status_code == 200
    for task in made.tasks:
        with organization_scope(acme.id):
            settle_item(item_id=task.work_item_id)
        consolidate_task(organization_id=acme.id, task_id=task.pk)
    publish_job(organization_id=acme.id, job_id=made.id)
    return made


def _run(*arguments: str) -> tuple[int, list[str], str]:
    out, told, code = StringIO(), StringIO(), 0
    try:
        call_command("verify_output", *arguments, stdout=out, stderr=told)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue().splitlines(), told.getvalue()


def test_our_own_tree_passes_by_its_address(acme: Company, made: MadeJob) -> None:
    address = f"maskwright://output/{made.job.name}/"
    code, found, told = _run(address, "--organization", acme.organization.name)
    assert (code, found) == (0, [])
    assert told.strip() == "2 lines, 2 labels, 2 masks, 10 files: 0 errors, 0 warnings."


def test_damage_in_a_copied_folder(acme: Company, made: MadeJob, tmp_path: Path) -> None:
    base = f"org/{acme.id}/output/"
    for item in blob_store().list(f"{base}{made.job.name}/"):
        path = tmp_path / item.key.removeprefix(base)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob_store().get(item.key))
    folder = tmp_path / made.job.name
    assert _run(str(folder))[0] == 0
    lines = (folder / MANIFEST).read_text().splitlines()
    record = json.loads(lines[1])
    record["answer-ref-metadata"]["internal-color-map"]["1"]["hex-color"] = "#123456"
    (folder / MANIFEST).write_text(f"{lines[0]}\n{json.dumps(record)}\n")
    code, found, told = _run(str(folder))
    assert code == 1
    assert found[0].startswith(f"{MANIFEST}:2: error palette_differs: ")
    assert "2 errors, 0 warnings." in told  # and the consolidation response says something else
    code, found, _ = _run(str(folder), "--json", "--limit", "1")
    assert code == 1
    assert json.loads(found[0])["code"] == "palette_differs"
    assert len(found) == 1


def test_warnings_count_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    (folder / "manifests/output").mkdir(parents=True)
    (folder / MANIFEST).write_text('{"source-ref":"s3://b/1.jpg"}\n')
    (folder / "notes.txt").write_text("x")
    assert _run(str(folder))[:2] == (
        0,
        ["notes.txt: warning unknown_file: No file of that name belongs to the output."],
    )
    assert _run(str(folder), "--strict")[0] == 1


def test_what_cannot_be_read(acme: Company, tmp_path: Path) -> None:
    for arguments in (
        [str(tmp_path / "none")],
        ["maskwright://output/job/"],
        ["maskwright://output/job/", "--organization", "nobody"],
        ["s3://nowhere/job/", "--organization", acme.organization.name],
        ["nonsense://x/y"],
    ):
        with pytest.raises(CommandError) as failed:
            call_command("verify_output", *arguments)
        assert failed.value.returncode == 2
    # Another organization's tree is not this one's.
    code, found, _ = _run("maskwright://output/job/", "--organization", acme.organization.name)
    assert code == 1
    assert "no_manifest" in found[0]
