"""Become another program, tied to the life of the process that started us.

Run as ``python -I -S launch.py --parent PID [--death-signal N] [--user-namespace | --uid N] -- program ...``.
It is a program of its own, instead of a ``preexec_fn``, because code between fork and exec may deadlock in a
parent with threads. Standard library only; the process id stays the same through the exec.

* ``--death-signal`` asks the kernel to send that signal when the parent dies (Linux), so that nothing
  survives a killed supervisor.
* ``--user-namespace`` maps our own id to 65534 inside a user namespace of one id: PostgreSQL, which refuses
  to run as root, then sees an ordinary user while the files stay root's and closed folders above stay closed.
* ``--uid`` gives up root for that id instead, for kernels that forbid user namespaces.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534
# Exit code of a launcher that could not do what was asked; programs started here do not use it.
LAUNCH_FAILED = 97


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def enter_user_namespace() -> None:
    """Map the current user and group to 65534 in a new user namespace; raises OSError where forbidden."""
    uid, gid = os.geteuid(), os.getegid()
    if _libc().unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    # The kernel allows a group map without privileges only after setgroups is denied.
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text, encoding="ascii")


def die_with_parent(signal_number: int, parent: int | None = None) -> None:
    """Ask the kernel for ``signal_number`` when the parent dies; does nothing where there is no prctl."""
    if sys.platform != "linux":
        return
    _libc().prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        # The parent died between the fork and the call above, so the signal would never come.
        os._exit(LAUNCH_FAILED)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--death-signal", type=int, default=0)
    parser.add_argument("--user-namespace", action="store_true")
    parser.add_argument("--uid", type=int)
    parser.add_argument("program", nargs="+")
    options = parser.parse_args(arguments)
    try:
        if options.user_namespace:
            enter_user_namespace()
        elif options.uid is not None:
            os.setgroups([])
            os.setgid(options.uid)
            os.setuid(options.uid)
        # After the change of identity: that resets the signal.
        if options.death_signal:
            die_with_parent(options.death_signal, options.parent)
        os.execvp(options.program[0], options.program)  # noqa: S606 - a shell would be one process too many
    except OSError as error:
        print(f"launch: {options.program[0]}: {error}", file=sys.stderr)
        sys.exit(LAUNCH_FAILED)


if __name__ == "__main__":
    main(sys.argv[1:])
