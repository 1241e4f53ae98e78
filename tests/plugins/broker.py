"""A broker that a test may kill."""

import subprocess
from pathlib import Path

from maskwright.supervise.processes import wait_until
from maskwright.supervise.valkey import EmbeddedValkey


class Broker:
    """A Valkey of this test alone, which can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.server = EmbeddedValkey(home, fast=True)
        self.server.prepare()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self.server.command, stdout=subprocess.DEVNULL)
        assert wait_until(self.server.answers, timeout=10)
        return process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = self._start()
