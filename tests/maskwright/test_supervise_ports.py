"""A busy port: who holds it is named, a free one is offered, and nothing is left behind."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maskwright.supervise.command import run
from maskwright.supervise.errors import PortTaken
from maskwright.supervise.ports import port_holder, require_free_port
from maskwright.supervise.processes import free_port, port_is_free

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def busy() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", free_port())) as server:
        yield server


def test_a_start_on_a_busy_port_leaves_no_folder_and_says_what_to_do(
    busy: socket.socket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port, home = busy.getsockname()[1], tmp_path / "folder" / "home"
    assert run({"PORT": str(port), "MASKWRIGHT_HOME": str(home)}, ROOT) == 1
    said = capsys.readouterr().err
    assert f"Port {port} is used by process {os.getpid()} (" in said
    offered = re.search(r"`PORT=(\d+) make run`", said)
    assert offered and port_is_free(int(offered[1]))
    assert not home.parent.exists()


def test_a_folder_that_is_there_stays_as_it_is(busy: socket.socket, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    assert run({"PORT": str(busy.getsockname()[1]), "MASKWRIGHT_HOME": str(tmp_path)}, ROOT) == 1
    assert (tmp_path / "kept").read_text() == "mine"
    assert not (tmp_path / "ready.json").exists()


def test_the_holder_is_the_process_that_listens_and_its_arguments_stay_private() -> None:
    code = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    )
    command = [sys.executable, "-c", code, "--password", "secret"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        port = int(process.stdout.readline())
        holder = port_holder(port)
        with pytest.raises(PortTaken, match=f"kill {process.pid}"):
            require_free_port(port, "127.0.0.1")
        process.stdin.close()
    assert holder is not None and holder[0] == process.pid
    assert "secret" not in holder[1]


def test_a_free_port_has_no_holder() -> None:
    port = free_port()
    assert port_holder(port) is None
    require_free_port(port, "127.0.0.1")
