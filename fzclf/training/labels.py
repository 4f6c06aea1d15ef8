"""Labelled text: gold labels that point into a report, and files that carry their own text.

Two kinds of rows are read. ``{"report", "start", "end", "category", "role"}`` labels a
sentence of a report by its offsets. ``{"text", "category"}``, with optional
``heading``, ``report``, ``paragraph`` and ``role``, brings the text along; such files may also
be CSV. Other fields are left alone, so that corrected output of ``fzclf classify`` can be trained on (its
``file`` stands for the report). Every row is checked, and an error names file, line and value.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from reprlib import Repr
from typing import Any

from fzclf.errors import LabelError, ReadError
from fzclf.reading import read
from fzclf.segmentation import read_outline
from fzclf.segmentation.items import item_numbers
from fzclf.segmentation.outline import PARAGRAPH, run_in_heading
from fzclf.segmentation.roles import ACHIEVEMENT, ROLES
from fzclf.training.codebook import Codebook

Bounds = tuple[int, int]
_LONGEST_NAME = 250  # bytes; systems allow 255, and .txt comes behind
_REPR = Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 60
_shown = _REPR.repr  # a wrong value as it can stand in a message


@dataclass
class LabelledPassage:
    """A paragraph: bounds of its sentences in the report's text, and what they are labelled."""

    sentences: Sequence[Bounds]
    roles: Sequence[str]
    items: Sequence[int | None]
    section: tuple[Bounds, ...]
    categories: Sequence[str | None]


@dataclass
class LabelledReport:
    """A report, or a collection of paragraphs that are left out together.

    `real` says that the labels point into a whole report; its figures are the honest ones.
    """

    name: str
    text: str
    passages: list[LabelledPassage] = field(default_factory=list)
    real: bool = False

    def labels(self) -> Iterator[tuple[str, str]]:
        """Text and category of every labelled sentence."""
        for passage in self.passages:
            for (start, end), category in zip(passage.sentences, passage.categories, strict=True):
                if category is not None:
                    yield self.text[start:end], category


@dataclass(frozen=True)
class Row:
    """One line of a label file that has passed its checks."""

    place: str
    category: str
    report: str
    text: str = ""
    heading: tuple[str, ...] = ()
    paragraph: str = ""
    role: str = ""
    start: int = -1
    end: int = -1


def load_labels(
    paths: Sequence[Path], codebook: Codebook, reports: Path | None = None
) -> tuple[list[LabelledReport], str]:
    """Read label files, or all ``.jsonl`` and ``.csv`` files below folders.

    Parameters
    ----------
    reports : Path, optional
        Folder of the ``<report>.txt`` that gold labels point into; else ``seeds/``,
        looked for beside the label file and its parent folders.

    Returns
    -------
    reports, sha256
        Real reports first, then in order of the files; the hash covers every byte that was read.

    Raises
    ------
    LabelError
        For the first row that breaks a rule; the message has file, line, value and what is allowed.
    """
    digest = hashlib.sha256()
    found: dict[tuple[bool, str], LabelledReport] = {}
    for path in _label_files(paths):
        content = _content(path)
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest())
        rows = list(_rows(path, content, codebook))
        for name, members in _by_report(rows).items():
            gold = members[0].start >= 0
            if (gold, name) in found:
                raise LabelError(
                    f"{members[0].place}: report {_shown(name)} is already labelled by another file; merge them"
                )
            report = _gold_report(path, name, members, reports) if gold else _written_report(name, members)
            digest.update(hashlib.sha256(report.text.encode("utf-8", "surrogatepass")).digest())
            found[gold, name] = report
    if not found:
        raise LabelError(f"{', '.join(map(str, paths))}: no labelled rows; expected .jsonl or .csv files")
    ordered = sorted(found.values(), key=lambda report: not report.real)
    return ordered, digest.hexdigest()


def _label_files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            named = (child for child in path.rglob("*") if child.suffix.lower() in (".jsonl", ".csv"))
            files += sorted(child for child in named if not child.is_dir())
        elif path.exists():
            files.append(path)
        else:
            raise LabelError(f"{path}: no such file or folder")
    return files


def _content(path: Path) -> str:
    try:
        return read(path)
    except ReadError as error:
        raise LabelError(str(error)) from error


# --- rows -----------------------------------------------------------------------------------


def _rows(path: Path, content: str, codebook: Codebook) -> Iterator[Row]:
    pairs = _csv_rows(path, content) if path.suffix.lower() == ".csv" else _json_rows(path, content)
    for place, values in pairs:
        yield _checked_row(place, values, codebook, default_report=path.stem)


def _json_rows(path: Path, content: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LabelError(f"{place}: not valid JSON ({error}); one object on each line") from error
        if not isinstance(values, dict):
            raise LabelError(f"{place}: {line[:40]!r} is no JSON object")
        yield place, values


def _csv_rows(path: Path, content: str) -> Iterator[tuple[str, dict[str, Any]]]:
    table = csv.DictReader(io.StringIO(content, newline=""))
    if table.fieldnames is None or not {"text", "category"} <= set(table.fieldnames):
        raise LabelError(
            f"{path}:1: columns are {_shown(table.fieldnames)}; a CSV of labels needs 'text' and 'category'"
        )
    try:
        for values in table:
            if None in values:
                raise LabelError(f"{path}:{table.line_num}: more cells than columns; quote text that has commas")
            yield f"{path}:{table.line_num}", {key: value for key, value in values.items() if value or key == "text"}
    except csv.Error as error:
        raise LabelError(f"{path}:{table.line_num}: not valid CSV ({error})") from error


def _checked_row(place: str, values: dict[str, Any], codebook: Codebook, default_report: str) -> Row:
    category = values.get("category")
    if category not in codebook.ids:
        raise LabelError(f"{place}: unknown category {_shown(category)}; known: {', '.join(codebook.ids)}")
    role = values.get("role") or ""
    if role and role not in ROLES:
        raise LabelError(f"{place}: unknown role {_shown(role)}; known: {', '.join(ROLES)}")
    report = values.get("report") or values.get("file") or default_report
    if not isinstance(report, str):
        raise LabelError(f"{place}: report must be a string, not {_shown(report)}")
    if "text" in values:
        text = values["text"]
        if not isinstance(text, str) or not text.strip():
            raise LabelError(f"{place}: text must be a string with words in it, not {_shown(text)}")
        paragraph = str(values.get("paragraph") or "")
        return Row(place, category, report, text.strip(), _heading(place, values.get("heading")), paragraph, role)
    for bound in ("start", "end"):
        if type(values.get(bound)) is not int:
            raise LabelError(
                f"{place}: {bound} must be a whole number, not {_shown(values.get(bound))}; or give the row a 'text'"
            )
    return Row(place, category, report, role=role, start=values["start"], end=values["end"])


def _heading(place: str, heading: object) -> tuple[str, ...]:
    if not heading:
        return ()
    if isinstance(heading, str):
        return (heading,)
    if isinstance(heading, list) and all(isinstance(part, str) and part.strip() for part in heading):
        return tuple(heading)
    raise LabelError(
        f"{place}: heading must be a string, or a list of strings from the outermost, not {_shown(heading)}"
    )


def _by_report(rows: Sequence[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.report, []).append(row)
    for members in grouped.values():
        kinds = {row.start >= 0 for row in members}
        if len(kinds) > 1:
            raise LabelError(
                f"{members[0].place}: rows of report {_shown(members[0].report)} mix offsets and texts; use one kind"
            )
    return grouped


# --- reports --------------------------------------------------------------------------------


def _gold_report(path: Path, name: str, rows: Sequence[Row], folder: Path | None) -> LabelledReport:
    """A real report whose sentences are labelled by offsets."""
    text = read(_report_file(path, name, rows[0].place, folder))
    labelled = {}
    for row in rows:
        if not 0 <= row.start < row.end <= len(text):
            raise LabelError(
                f"{row.place}: {row.start}:{row.end} lies outside of report {_shown(name)} (0:{len(text)})"
            )
        if (row.start, row.end) in labelled:
            raise LabelError(f"{row.place}: {row.start}:{row.end} of report {_shown(name)} is labelled twice")
        labelled[row.start, row.end] = row
    report = LabelledReport(name, text, real=True)
    waiting = dict(labelled)
    for entry in read_outline(text):
        if entry.kind == PARAGRAPH:
            own = [waiting.pop(bounds, None) for bounds in entry.sentences]
            roles = [row.role if row and row.role else role for row, role in zip(own, entry.roles, strict=True)]
            categories = [row.category if row else None for row in own]
            report.passages.append(LabelledPassage(entry.sentences, roles, entry.items, entry.section, categories))
    for bounds, row in waiting.items():
        near = min((b for p in report.passages for b in p.sentences), key=lambda b: abs(b[0] - bounds[0]), default=None)
        raise LabelError(
            f"{row.place}: {bounds[0]}:{bounds[1]} is no sentence of report {_shown(name)}; the nearest is {near}"
        )
    return report


def _report_file(path: Path, name: str, place: str, folder: Path | None) -> Path:
    too_long = len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME
    if "/" in name or "\\" in name or name in ("", ".", "..") or too_long:
        raise LabelError(f"{place}: {_shown(name)} cannot be the name of a report")
    folders = [folder] if folder else [parent / sub for parent in path.resolve().parents for sub in ("", "seeds")]
    for candidate in folders:
        if (candidate / f"{name}.txt").is_file():
            return candidate / f"{name}.txt"
    known = sorted(
        file.stem for candidate in folders[:6] if candidate.name == "seeds" for file in candidate.glob("*.txt")
    )
    raise LabelError(
        f"{place}: unknown report {_shown(name)}; known: {', '.join(known) or 'none'}; --reports DIR names their folder"
    )


def _written_report(name: str, rows: Sequence[Row]) -> LabelledReport:
    """Rows with their own text, put together as a report: headings on lines, paragraphs below."""
    paragraphs: dict[object, list[Row]] = {}
    for number, row in enumerate(rows):
        paragraphs.setdefault((row.paragraph, row.heading) if row.paragraph else number, []).append(row)
    writer = _Writer()
    passages = [writer.passage(members) for members in paragraphs.values()]
    return LabelledReport(name, writer.text, passages)


class _Writer:
    """Text that grows, and where in it each heading and sentence stands."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: dict[str, Bounds] = {}

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def passage(self, rows: Sequence[Row]) -> LabelledPassage:
        section = tuple(self._heading(words) for words in rows[0].heading)
        first = self._length
        sentences = [self._put(row.text) for row in rows]
        words = "".join(self._parts[-len(rows) :])
        self._put("\n")
        local = [(start - first, end - first) for start, end in sentences]
        own = run_in_heading(words, local)
        if own is not None:
            section = (*section, (own[0] + first, own[1] + first))
        return LabelledPassage(
            sentences=sentences,
            roles=[row.role or ACHIEVEMENT for row in rows],
            items=item_numbers(words, local, run_in=own is not None),
            section=section,
            categories=[row.category for row in rows],
        )

    def _heading(self, words: str) -> Bounds:
        if words not in self._headings:
            self._headings[words] = self._put(words)
            self._put("\n")
        return self._headings[words]

    def _put(self, words: str) -> Bounds:
        start = self._length
        self._parts.append(words)
        self._length += len(words)
        return start, self._length
