"""Write a job's labels as one zip: every mask is read and decoded once, and only one is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labeling.masks import MaskError, decode_mask

from .archive import Archive, Outlet, Sink
from .base import ExportFormat, ExportItem, ExportJob, ExportWriter, LabeledItem


@dataclass(frozen=True)
class ExportProblem:
    """An object whose mask could not be exported; the others were."""

    index: int
    message: str


def write_zip(
    items: Iterable[ExportItem], job: ExportJob, formats: Iterable[ExportFormat], out: Sink
) -> list[ExportProblem]:
    """Write everything to `out`, which need not be seekable.

    Objects whose mask is missing or broken count as unlabeled; they are returned and listed in
    `problems.txt`.
    """
    problems: list[ExportProblem] = []
    for _ in _steps(items, job, formats, out, problems):
        pass
    return problems


def stream_zip(items: Iterable[ExportItem], job: ExportJob, formats: Iterable[ExportFormat]) -> Iterator[bytes]:
    """The same archive, as pieces for a streaming response: about one object's files at a time."""
    outlet = Outlet()
    for _ in _steps(items, job, formats, outlet, []):
        if piece := outlet.take():
            yield piece
    yield outlet.take()


def _steps(
    items: Iterable[ExportItem],
    job: ExportJob,
    formats: Iterable[ExportFormat],
    out: Sink,
    problems: list[ExportProblem],
) -> Iterator[None]:
    archive = Archive(out, job.name, job.created_at)
    writers = [format_.start(archive, job) for format_ in formats]
    for item in items:
        _add(item, job, writers, problems)
        yield
    for writer in writers:
        writer.finish()
        yield
    if problems:
        lines = [f"object {problem.index}: {problem.message}\n" for problem in problems]
        archive.add("problems.txt", "".join(lines).encode(), compress=True)
    archive.close()


def _add(item: ExportItem, job: ExportJob, writers: list[ExportWriter], problems: list[ExportProblem]) -> None:
    labeled = _labeled(item, job, problems)
    for writer in writers:
        if labeled is None:
            writer.add_unlabeled(item)
        else:
            writer.add_labeled(labeled)


def _labeled(item: ExportItem, job: ExportJob, problems: list[ExportProblem]) -> LabeledItem | None:
    if item.read_mask is None:
        return None
    try:
        png = item.read_mask()
        raster = decode_mask(png, width=item.width, height=item.height, known_indices=set(job.classes))
    except (OSError, MaskError) as error:
        problems.append(ExportProblem(item.index, str(error) or type(error).__name__))
        return None
    return LabeledItem(item, png, raster)
