"""Labelers' programs that never give up, and the ledger they keep of what the server has acknowledged."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from labeling.masks import sha256
from tests.end_to_end.client import Pixels, mask_png

WIDTH, HEIGHT = 24, 16
CLASSES = 3
#: No definite answer: ask again.
_UNSURE = {429, 500, 502, 503, 504}
_PAUSE = 0.25


@dataclass(frozen=True)
class Entry:
    """One acknowledged submit of a photo."""

    key: str
    sha256: str
    annotation: str
    data_object: str
    pixels: Pixels


@dataclass
class Ledger:
    """What all labelers know together."""

    wanted: int
    accepted: list[Entry] = field(default_factory=list)
    late: int = 0
    lost: int = 0
    retries: int = 0
    surprises: list[str] = field(default_factory=list)
    longest_silence: float = 0.0
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_full(self) -> bool:
        return len(self.accepted) >= self.wanted

    def accept(self, entry: Entry) -> None:
        with self._lock:
            self.accepted.append(entry)
            now = time.monotonic()
            self.longest_silence = max(self.longest_silence, now - self._last)
            self._last = now

    def count(self, what: str) -> None:
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)

    def surprise(self, what: str) -> None:
        with self._lock:
            self.surprises.append(what)


class Labeler(threading.Thread):
    """Claims, paints noise, submits; a share `slow` beyond his lease; now and then he gives back or sends twice."""

    def __init__(
        self, address: str, account: dict[str, str], job: str, ledger: Ledger, *, lease: float, slow: float, seed: int
    ) -> None:
        super().__init__(name=account["username"], daemon=True)
        headers = {"Authorization": f"Bearer {account['api_token']}"}
        self._http = httpx.Client(base_url=f"{address}/api/v1/work/", headers=headers, timeout=10)
        self._job = job
        self._ledger = ledger
        self._lease = lease
        self._slow = slow
        self._random = random.Random(seed)
        self._end = threading.Event()

    def stop(self) -> None:
        self._end.set()

    def run(self) -> None:
        while not self._end.is_set() and not self._ledger.is_full:
            try:
                answer = self._ask("claims", json={"job": self._job})
                if answer is None:
                    return
                if answer.status_code == 204:
                    self._end.wait(_PAUSE)
                elif answer.status_code in (200, 201):
                    self._work(answer.json())
                else:
                    self._ledger.surprise(f"claim: {answer.status_code} {answer.text[:300]}")
                    self._end.wait(_PAUSE)
            except Exception as error:  # a bug here must not look like a labeler who is done
                self._ledger.surprise(f"{self.name}: {type(error).__name__}: {error}")
                raise
        self._http.close()

    def _work(self, claim: dict[str, Any]) -> None:
        if self._random.random() < self._slow:
            self._end.wait(self._lease * 1.7)  # his lease runs out while he looks out of the window
        mood = self._random.random()
        if mood < 0.06:
            self._ask(f"claims/{claim['id']}/release", claim, json={})
            return
        if mood < 0.16:
            self._ask(f"claims/{claim['id']}/heartbeat", claim, json={"active_seconds": 0.1})
        self._end.wait(self._random.uniform(0.1, 0.5))
        self._submit(claim, twice=mood > 0.9)

    def _submit(self, claim: dict[str, Any], *, twice: bool) -> None:
        noise = np.random.default_rng(self._random.getrandbits(63))
        pixels: Pixels = noise.integers(0, CLASSES + 1, (HEIGHT, WIDTH), dtype=np.uint8)
        png = mask_png(pixels, {category["index"]: category["color"] for category in claim["categories"]})
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "image/png"}
        path = f"claims/{claim['id']}/submit"
        answer = self._ask(path, claim, headers=headers, content=png)
        if answer is None:
            return
        body = answer.json()
        if answer.status_code == 200:
            if body["sha256"] != sha256(png):
                self._ledger.surprise(f"acknowledged {body['sha256']} for {sha256(png)}")
            photo = claim["task"]["data_object"]["id"]
            self._ledger.accept(Entry(headers["Idempotency-Key"], sha256(png), body["annotation"], photo, pixels))
            if twice:
                again = self._ask(path, claim, headers=headers, content=png)
                if again is not None and (again.status_code, again.json()) != (200, body):
                    self._ledger.surprise(f"a repeated submit was answered {again.status_code} {again.text[:300]}")
        elif answer.status_code == 409 and body["code"] == "lease_lost":
            self._ledger.count("late" if body.get("annotation") else "lost")
        else:
            self._ledger.surprise(f"submit: {answer.status_code} {answer.text[:300]}")

    def _ask(self, path: str, claim: dict[str, Any] | None = None, **request: Any) -> httpx.Response | None:
        """The server's definite answer, however often one has to ask; None when the labeler is stopped meanwhile."""
        headers = dict(request.pop("headers", {}))
        if claim is not None:
            headers["X-Fencing-Token"] = str(claim["token"])
        while not self._end.is_set():
            try:
                answer = self._http.post(path, headers=headers, **request)
                if answer.status_code not in _UNSURE:
                    return answer
            except httpx.TransportError:
                pass
            self._ledger.count("retries")
            self._end.wait(_PAUSE)
        return None
