"""A real HTTP server in the test process, of which a test says how it answers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True)
class Got:
    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


#: Answers a request: (status, body); bytes are sent as they are, everything else as JSON.
Answer = Callable[[Got], tuple[int, Any]]


@dataclass
class Receiver:
    """`answer` may be replaced at any time. `drip`: seconds between any two bytes of an answer."""

    url: str = ""
    host: str = ""
    answer: Answer = lambda got: (200, {})
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    got: list[Got] = field(default_factory=list)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            got = Got(dict(self.headers), self.rfile.read(length), self.path)
            receiver.got.append(got)
            status, said = receiver.answer(got)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self._write(body)
            except OSError:
                """Who asked has hung up."""

        def _write(self, body: bytes) -> None:
            if not receiver.drip:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(receiver.drip)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    return Handler


def serve() -> tuple[Receiver, Callable[[], None]]:
    """A server of its own; call what comes with it to end it."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.host = f"127.0.0.1:{server.server_port}"
    receiver.url = f"http://{receiver.host}/hook?a=1"

    def end() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return receiver, end


@pytest.fixture
def webhook(settings: Any) -> Iterator[Receiver]:
    """A server that the operator allows to be called."""
    receiver, end = serve()
    settings.WEBHOOK_ENDPOINTS = [receiver.host]
    yield receiver
    end()
