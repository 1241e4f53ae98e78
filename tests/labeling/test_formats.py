"""docs/formats/README.md: its example reads a real zip and prints what the page says."""

import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from tests.factories.inputs import run_messages
from tests.factories.jobs import make_job
from tests.factories.work import claim, mask_png, submit
from tests.plugins.cast import Company

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "formats" / "README.md").read_text()


def _block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_example_of_the_page_reads_a_zip(acme: Company, tmp_path: Path) -> None:
    made = make_job(acme, objects=2, labelers=1, window=1)
    client = acme.client("labeler")
    mask = np.zeros((8, 12), dtype=np.uint8)
    mask[:, :6] = 1
    assert submit(client, claim(client).json(), mask_png(mask)).status_code == 200
    run_messages(acme, "work.item_answered")
    run_messages(acme, "task.consolidate")
    download: Any = acme.client("manager").get(f"/api/v1/jobs/{made.id}/output/download")
    with zipfile.ZipFile(BytesIO(b"".join(download.streaming_content))) as archive:
        archive.extractall(tmp_path)
    script = tmp_path / "read.py"
    script.write_text(_block("python"))
    done = subprocess.run(
        [sys.executable, script, tmp_path / made.job.name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == _block("text")


def test_every_link_of_the_page_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert len(links) >= 4
    assert [link for link in links if not (ROOT / "docs" / "formats" / link).exists()] == []
