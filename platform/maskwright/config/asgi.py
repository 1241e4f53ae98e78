"""One ASGI application for the one address: pages, API and files over HTTP, hints over WebSocket.

Django's own ASGI handler answers HTTP. `HTTP_HANDLER=wsgi` puts the WSGI handler behind a thread pool in its place, so
that the two can be measured against each other on the same routes (docs/benchmarks.md).
"""

import os
import sys
from pathlib import Path

_PLATFORM = Path(__file__).resolve().parents[2]
for _root in (str(_PLATFORM.parent), str(_PLATFORM)):
    if _root not in sys.path:
        sys.path.insert(0, _root)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")

from django.core.asgi import get_asgi_application  # noqa: E402  # the paths above come first

_django = get_asgi_application()

# These import models, which is possible once Django is set up.
from typing import Any  # noqa: E402

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from labeling.consumers import JobConsumer  # noqa: E402
from maskwright.config import env  # noqa: E402
from maskwright.core.switchboard import switchboard  # noqa: E402
from maskwright.organizations.sockets import SocketGate  # noqa: E402
from workforce.consumers import WorkConsumer  # noqa: E402


async def _lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The server's own start and end: nothing has to be opened before, open sockets are closed after."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await switchboard().stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _nowhere(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An address that is no socket's: the handshake is refused."""
    await receive()
    await send({"type": "websocket.close"})


def _http() -> Any:
    handler = env.text("HTTP_HANDLER", "asgi")
    if handler == "asgi":
        return _django
    if handler == "wsgi":
        from a2wsgi import WSGIMiddleware
        from django.core.wsgi import get_wsgi_application

        wsgi: Any = get_wsgi_application()  # its types name Django's response, the bridge's any iterable of bytes
        return WSGIMiddleware(wsgi, workers=env.number("HTTP_THREADS", 10))
    raise env.EnvironmentProblem(f"HTTP_HANDLER={handler} is unknown. Use asgi or wsgi.")


sockets = SocketGate(
    URLRouter(
        [
            path("ws/work/", WorkConsumer.as_asgi(), name="ws_work"),
            path("ws/jobs/<uuid:job_id>/", JobConsumer.as_asgi(), name="ws_job"),
            path("<path:unknown>", _nowhere),  # type: ignore[arg-type]  # an ASGI application, as channels wants
        ]
    )
)

application = ProtocolTypeRouter({"http": _http(), "websocket": sockets, "lifespan": _lifespan})
