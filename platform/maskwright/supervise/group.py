"""The supervised group: children are started in order, watched, started again when they die, ended cleanly.

A child that dies (``kill -9`` of a database included) is started again after a short pause that doubles while
it keeps dying young. One that lives but has not answered its probe for ``SILENT_AFTER`` seconds is killed, and so
started again. The others are left alone: they wait for it or reconnect. Each child has a process group
of its own, so a Ctrl-C in the terminal reaches only the supervisor, and the kernel ends the children when the
supervisor itself is killed.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import StepFailed, SupervisionError
from .logs import LogFolder
from .processes import kill_group, spawn, stop, tail

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 8.0
# A child that lived this many seconds was healthy; its next death starts with the short pause again.
HEALTHY_AFTER = 15.0
ROTATE_EVERY = 10.0
PROBE_EVERY = 10.0
# Longer than a database needs to recover and a loaded machine to answer; shorter than people wait.
SILENT_AFTER = 60.0


def _nothing() -> None:
    """Most children need no preparation."""


@dataclass(frozen=True)
class Service:
    """What to run. ``prepare`` runs before every start, also after a crash; ``stage`` orders the stop.

    Services of the highest stage end first and together; databases have stage 0 and end last.
    """

    name: str
    command: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] | None = None
    prepare: Callable[[], object] = _nothing
    answers: Callable[[], bool] | None = None
    #: Whether the process itself works, whatever the others do; asked for as long as it runs, in a thread.
    lives: Callable[[], bool] | None = None
    stage: int = 1
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL
    grace: float = 10.0
    launch_options: tuple[str, ...] = ()


@dataclass
class Child:
    """A service and its present process, if any."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    early_deaths: int = 0
    start_again_at: float = 0.0
    answered: float = 0.0
    probed: float = 0.0
    probe: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Group:
    """All children of one supervisor. ``report`` receives one line per event, for people to read.

    ``changed`` is called after every start, so that whoever publishes process ids can do so again.
    Use it from one thread that lives as long as the children should.
    """

    logs: LogFolder
    report: Callable[[str], None]
    changed: Callable[[], None] = _nothing
    children: dict[str, Child] = field(default_factory=dict)
    silent_after: float = SILENT_AFTER
    probe_every: float = PROBE_EVERY
    _rotated: float = field(default_factory=time.monotonic)

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.process.pid for name, child in self.children.items() if child.process is not None}

    def start(self, service: Service) -> None:
        """Start one service without waiting for it to answer."""
        child = self.children.setdefault(service.name, Child(service))
        try:
            self._launch(child)
        except OSError as error:
            raise StepFailed(f"{service.name} could not be started: {error}.") from error

    def wait_for(self, names: list[str], condition: Callable[[], bool], *, timeout: float) -> None:
        """Watch the group until ``condition`` holds.

        Raises ``StepFailed`` with the end of the log when one of ``names`` keeps dying or time runs out.
        """
        deadline = time.monotonic() + timeout
        while not condition():
            for name in names:
                if self.children[name].early_deaths >= 3:
                    raise StepFailed(f"{name} does not start. {self._last_words(name)}")
            if time.monotonic() > deadline:
                silent = "\n".join(self._last_words(name) for name in names)
                raise StepFailed(f"{', '.join(names)} did not answer within {timeout:.0f} seconds. {silent}")
            self.tick()
            time.sleep(0.05)

    def watch(self, ending: threading.Event) -> None:
        """Keep every child alive until ``ending`` is set."""
        while not ending.wait(0.2):
            self.tick()

    def tick(self) -> None:
        """Look at every child once: note a death, start again what is due, rotate logs now and then."""
        now = time.monotonic()
        for child in self.children.values():
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, now)
            if child.process is not None:
                self._probe(child, now)
            if child.process is None and now >= child.start_again_at:
                try:
                    self._launch(child)
                except (OSError, SupervisionError) as error:
                    child.early_deaths += 1
                    self._schedule(child, f"could not be started ({error})")
        if now - self._rotated > ROTATE_EVERY:
            self._rotated = now
            self.logs.rotate()

    def stop(self, hurry: threading.Event | None = None) -> None:
        """End all children, highest stage first; ``hurry`` cuts every grace period short."""
        for stage in sorted({child.service.stage for child in self.children.values()}, reverse=True):
            living = [c for c in self.children.values() if c.service.stage == stage and c.process is not None]
            for child in living:
                if child.process is not None and child.alive:
                    child.process.send_signal(child.service.stop_signal)
            started = time.monotonic()
            while any(c.alive and time.monotonic() - started < c.service.grace for c in living):
                if hurry is not None and hurry.is_set():
                    break
                time.sleep(0.05)
            for child in living:
                if child.process is not None:
                    if child.alive:
                        self.report(f"{child.service.name} did not end in time and was killed")
                    stop(child.process, stop_signal=child.service.stop_signal, grace=0)
                    child.process = None

    def _launch(self, child: Child) -> None:
        service = child.service
        service.prepare()
        with self.logs.open(service.name) as output:
            child.process = spawn(
                service.command,
                output=output,
                env=service.env,
                cwd=service.cwd,
                death_signal=service.death_signal,
                launch_options=service.launch_options,
            )
        child.started = child.answered = time.monotonic()
        self.changed()

    def _probe(self, child: Child, now: float) -> None:
        """Ask a living child now and then whether it works; kill it when it has been silent for too long."""
        process, lives = child.process, child.service.lives
        if process is None or lives is None:
            return
        if now - child.answered > self.silent_after:
            self.report(f"{child.service.name} lives but has not answered for {now - child.answered:.0f} s: killing it")
            kill_group(process.pid)
            child.answered = now
        elif now - child.probed >= self.probe_every and (child.probe is None or not child.probe.is_alive()):
            child.probed = now

            def ask() -> None:
                with contextlib.suppress(Exception):  # a probe that fails is no answer
                    # A slow answer may be a predecessor's.
                    if lives() and child.process is process:
                        child.answered = time.monotonic()

            child.probe = threading.Thread(target=ask, name=f"probe of {child.service.name}", daemon=True)
            child.probe.start()

    def _note_death(self, child: Child, now: float) -> None:
        process = child.process
        if process is None:
            return
        code = process.returncode
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        # Whatever it left in its group (pool processes) would work on beside its successor.
        kill_group(process.pid)
        child.process = None
        child.early_deaths = child.early_deaths + 1 if now - child.started < HEALTHY_AFTER else 0
        self._schedule(child, how)

    def _schedule(self, child: Child, how: str) -> None:
        pause = min(FIRST_PAUSE * 2**child.early_deaths, LONGEST_PAUSE)
        child.start_again_at = time.monotonic() + pause
        log = self.logs.path(child.service.name)
        self.report(f"{child.service.name} {how}; starting it again in {pause:.2g} s (log: {log})")

    def _last_words(self, name: str) -> str:
        log = self.logs.path(name)
        return f"The end of its log {log}:\n{tail(log)}"
