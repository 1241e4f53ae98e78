"""Auto-segmentation: backends, the process that runs them and its client. Pure; README.md has the protocol.

`server` and the backends are not imported here, so that the web process, which only needs the client, does not load
OpenCV: `load_backend` does that when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .client import BackendRefused, BackendUnavailable, InferenceClient, Segment
from .prompts import Box, BoxPrompt, ExtremePoints, Prompt, PromptError, parse_prompt, prompt_json

if TYPE_CHECKING:
    from .base import Backend

__all__ = [
    "BackendRefused",
    "BackendUnavailable",
    "Box",
    "BoxPrompt",
    "ExtremePoints",
    "InferenceClient",
    "Prompt",
    "PromptError",
    "Segment",
    "load_backend",
    "parse_prompt",
    "prompt_json",
]


def load_backend(name: str) -> Backend:
    """The backend called `name`: `encode(rgb)`, then `predict(embedding, ...)` (base.py).

    Raises UnknownBackendError, a LookupError that lists the names.
    """
    from . import registry

    return registry.load_backend(name)
