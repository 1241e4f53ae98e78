"""The whole way of a photo, from each cloud and back to it: intake, claim, submit, consolidation, manifest."""

import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.models import LabelingJob
from labeling.states import JobState
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.inputs import jpeg, order_job, run_messages
from tests.factories.jobs import photo
from tests.factories.work import bytes_of, claim, mask_png, submit
from tests.plugins.cast import Company

SCHEMES = {"s3": "s3", "gcs": "gs", "azure": "azure"}


def _run_everything(company: Company) -> None:
    while True:
        with organization_scope(company.id):
            topics = set(OutboxMessage.objects.filter(done_at=None, dead_at=None).values_list("topic", flat=True)) - {
                "push"
            }
        if not sum(run_messages(company, topic) for topic in sorted(topics)):
            return


@pytest.mark.parametrize("source", ["prefix", "manifest"])
@pytest.mark.parametrize("kind", SCHEMES)
def test_from_photo_to_manifest(
    committed: None, acme: Company, kind: str, source: str, request: pytest.FixtureRequest
) -> None:
    server: Any = request.getfixturevalue(kind)
    server.connect(acme, "photos-1", is_writable=False)
    server.connect(acme, "results-1")
    base = f"{SCHEMES[kind]}://photos-1/"
    whole = photo(12, 8)
    files = {"in/katze 1#.png": whole, "in/ä/tasse.jpg": jpeg(12, 8), "in/zz.png": whole[:-30], "in/notes.txt": b"-"}
    server.put("photos-1", files)
    input_uri = f"{base}in/"
    if source == "manifest":
        refs = [f"{base}{name}" for name in sorted(files) if not name.endswith(".txt")] + [f"{base}in/gone.png"]
        server.put("photos-1", {"in.manifest": "".join(json.dumps({"source-ref": r}) + "\n" for r in refs).encode()})
        input_uri = f"{base}in.manifest"
    output_uri = f"{SCHEMES[kind]}://results-1/jobs/"
    job = order_job(acme, input_uri, output_uri=output_uri, start_when_ready=True, number_of_labelers=1)
    _run_everything(acme)
    with organization_scope(acme.id):
        job = LabelingJob.objects.get(pk=job.pk)
    assert job.state == JobState.IN_PROGRESS, job.failure_reason
    assert job.preflight["reasons"] == {"truncated": 1} | ({"missing": 1} if source == "manifest" else {})
    client = acme.client("labeler")
    masks: dict[str, np.ndarray[Any, Any]] = {}  # by photo: in which order they come is the queue's business
    for number in (1, 2):
        assignment = claim(client).json()
        data = bytes_of(client.get(assignment["image"]["url"]))
        name = next(name for name, content in files.items() if content == data)
        mask = masks[base + name] = np.full((8, 12), number, dtype=np.uint8)
        assert submit(client, assignment, mask_png(mask)).status_code in (200, 201)
        _run_everything(acme)
    with organization_scope(acme.id):
        assert LabelingJob.objects.get(pk=job.pk).state == JobState.COMPLETED
    lines = server.read("results-1", f"jobs/{job.name}/manifests/output/output.manifest").splitlines()
    records = [json.loads(line) for line in lines]
    attribute = job.label_attribute_name
    labeled = [record for record in records if attribute in record]
    assert [record["source-ref"] for record in labeled] == [f"{base}in/katze 1#.png", f"{base}in/ä/tasse.jpg"]
    for record in labeled:
        assert record[attribute].startswith(output_uri)
        png = server.read("results-1", record[attribute].removeprefix(f"{SCHEMES[kind]}://results-1/"))
        assert np.array_equal(np.asarray(Image.open(BytesIO(png))), masks[record["source-ref"]])
