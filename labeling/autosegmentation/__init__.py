"""Auto-segmentation: backends, the process that runs them and its client. Pure; README.md has the protocol.

`server` is not imported here, so that the web process, which only needs the client, does not load OpenCV.
"""

from .client import BackendRefused, BackendUnavailable, InferenceClient, Segment
from .prompts import Box, BoxPrompt, ExtremePoints, Prompt, PromptError, parse_prompt, prompt_json

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
    "parse_prompt",
    "prompt_json",
]
