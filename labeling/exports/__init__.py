"""Exports of a job's labels. Pure; README.md lists the formats and what the archive looks like."""

from .base import ExportFormat, ExportItem, ExportJob, mask_path
from .registry import EVERYTHING, UnknownFormatError, formats, get_formats
from .zip_export import ExportProblem, stream_zip, write_zip

__all__ = [
    "EVERYTHING",
    "ExportFormat",
    "ExportItem",
    "ExportJob",
    "ExportProblem",
    "UnknownFormatError",
    "formats",
    "get_formats",
    "mask_path",
    "stream_zip",
    "write_zip",
]
