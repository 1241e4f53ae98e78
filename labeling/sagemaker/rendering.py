"""The one function by which RenderUiTemplate has a template rendered."""

from typing import Any

from labeling.sagemaker.errors import ValidationFailed


def render(template: str, task_input: str) -> dict[str, Any]:
    """`{RenderedContent, Errors}` for a template and a task (JSON). Raises ValidationFailed."""
    raise ValidationFailed(
        "RenderUiTemplate is not available on this installation yet: it renders no Liquid templates."
    )
