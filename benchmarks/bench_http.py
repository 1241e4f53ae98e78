"""Plain HTTP: Django's ASGI handler against the WSGI bridge, on the same routes of a real uvicorn.

`python benchmarks/bench_http.py` starts one uvicorn for each handler in turn (A, B, A, B) and measures claims and
submits by 6 labelers over loopback.
"""

import os
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

import httpx  # noqa: E402

from tests.factories.jobs import make_job, make_team  # noqa: E402
from tests.factories.work import flat_mask  # noqa: E402
from tests.plugins.cast import Company, make_company  # noqa: E402

SIZE, ROUNDS = (960, 720), 20
LABELERS = ("owner", "manager", "reviewer", "labeler", "labeler2", "labeler3")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(handler: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "uvicorn", "maskwright.config.asgi:application", "--port", str(port)]
    env = os.environ | {
        "HTTP_HANDLER": handler,
        "PYTHONPATH": f"{environment.ROOT / 'platform'}{os.pathsep}{environment.ROOT}",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    process = subprocess.Popen([*command, "--log-level", "error"], env=env)
    for _ in range(200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return process
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("uvicorn did not answer")


def work(port: int, token: str) -> tuple[list[float], list[float]]:
    claims, submits = [], []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}) as client:
        for _ in range(ROUNDS):
            before = time.perf_counter()
            held = client.post("/api/v1/work/claims", json={}).json()
            claims.append(time.perf_counter() - before)
            headers = {
                "X-Fencing-Token": str(held["token"]),
                "Idempotency-Key": str(uuid.uuid4()),
                "Content-Type": "image/png",
            }
            before = time.perf_counter()
            reply = client.post(f"/api/v1/work/claims/{held['id']}/submit", content=MASK, headers=headers)
            submits.append(time.perf_counter() - before)
            reply.raise_for_status()
    return claims, submits


MASK = flat_mask(1, SIZE)


def measure(handler: str, company: Company) -> None:
    port = free_port()
    process = serve(handler, port)
    try:
        before = time.perf_counter()
        with ThreadPoolExecutor(len(LABELERS)) as pool:
            results = list(pool.map(lambda who: work(port, company.tokens[who]), LABELERS))
        rate = len(LABELERS) * ROUNDS / (time.perf_counter() - before)
        claims = [second for found, _ in results for second in found]
        submits = [second for _, found in results for second in found]
        print(environment.row(f"{handler}: claim, 6 labelers", claims))
        print(environment.row(f"{handler}: submit, 6 labelers", submits), f"  {rate:.0f} tasks/s")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    company = make_company("Acme")
    team = make_team(company, [company.people[who] for who in LABELERS])
    make_job(company, team=team, objects=500, labelers=1, size=SIZE)
    for handler in ("asgi", "wsgi", "asgi", "wsgi"):
        measure(handler, company)


if __name__ == "__main__":
    main()
