"""Sections on probabilities, review marks and foreign text as lines of Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.quality.data import SEEDS, WRITTEN
from benchmarks.quality.tables import PARTS, table


def each_part(section: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts of a calibration section with their names: seeds, written text, and the latter by groups."""
    return [
        ("seeds, reports left out", section["reports"]["parts"][SEEDS]),
        ("written text, reports left out", section["reports"]["parts"][WRITTEN]),
        ("seeds, with a group of files left out too", section["groups"]["parts"][SEEDS]),
        ("written text, groups of files left out", section["groups"]["parts"][WRITTEN]),
    ]


def calibration(section: Mapping[str, Any]) -> str:
    """Calibration error, beside what chance alone makes of a sample of this size."""
    rows = [
        (name, str(one["sentences"]["n"]), f"{one['error']:.3f}", f"{one['error_of_chance']:.3f}")
        for name, one in each_part(section)
    ]
    return table(("", "sentences", "calibration error", "by chance alone"), rows)


def reliability(section: Mapping[str, Any]) -> str:
    """Bins of the reliability diagram for reports left out."""
    bins: dict[float, dict[str, Any]] = {}
    for part in PARTS:
        for one in section["reports"]["parts"][part]["bins"]:
            bins.setdefault(one["from"], {})[part] = one
    rows = [
        (
            f"{start:.1f}–{start + 0.1:.1f}",
            *(cell for part in PARTS for cell in _bin_cells(found.get(part))),
        )
        for start, found in sorted(bins.items())
    ]
    return table(("probability", "seeds", "said", "right", "written text", "said", "right"), rows)


def _bin_cells(one: Mapping[str, Any] | None) -> tuple[str, str, str]:
    return (str(one["n"]), f"{one['probability']:.3f}", f"{one['right']:.3f}") if one else ("0", "", "")


def coverage(section: Mapping[str, Any]) -> str:
    """The promise, and how it was kept on folds that it was not taken from."""
    found = section["coverage"]
    rows = [
        (
            f"{promise['precision']:.0%}",
            f"{promise['lowest_probability']:.3f}",
            f"{promise['read_share']:.1%}",
            *(cell for part in PARTS for cell in _kept_cells(found["kept"][part][number])),
        )
        for number, promise in enumerate(found["promised"])
    ]
    return table(("wished", "probability", "to read", "seeds: right", "read", "written text: right", "read"), rows)


def _kept_cells(one: Mapping[str, Any]) -> tuple[str, str]:
    return f"{one['right']:.1%}", f"{one['read_share']:.1%}"


def review(section: Mapping[str, Any]) -> str:
    """Share right among what is not marked for review."""
    rows = []
    for name, part in each_part(section):
        for unit in ("sentences", "paragraphs"):
            one = part[unit]
            reasons = ", ".join(f"{reason} {count}" for reason, count in one["reasons"].items())
            shares = (f"{one[what]:.1%}" for what in ("unmarked_right", "right", "marked_right", "marked_characters"))
            rows.append((f"{name}: {unit}", str(one["n"]), *shares, reasons))
    heads = ("", "n", "unmarked right", "all right", "marked right", "characters marked", "reasons")
    return table(heads, rows)


def foreign(section: Mapping[str, Any]) -> str:
    """Foreign texts by kind."""
    rows = [
        (kind, *(str(one[what]) for what in ("n", "good", "other", "marked"))) for kind, one in section["kinds"].items()
    ]
    rows.append(("**all**", *(str(section[what]) for what in ("n", "good", "other", "marked"))))
    return table(("kind", "texts", "`other` and marked throughout", "`other` throughout", "marked throughout"), rows)


def foreign_failures(section: Mapping[str, Any]) -> str:
    """Each text that failed, by kind."""
    lines = [
        f"- {one['kind']}, {one['id']}: {', '.join(one['categories'])}; "
        + (f"{one['n_unmarked']} of {one['n_paragraphs']} paragraphs not marked" if one["n_unmarked"] else "all marked")
        for one in sorted(section["failures"], key=lambda one: (one["kind"], one["id"]))
    ]
    return "\n".join(lines or ["- none"]) + "\n"


def familiar(section: Mapping[str, Any]) -> str:
    """What tells foreign text from reports."""
    rows = [
        (
            one["terms"],
            *(f"{one[what]:.1%}" for what in ("real_median", "real_lowest", "foreign_median", "foreign_above")),
        )
        for one in section["familiar"]
    ]
    heads = (
        "known share of",
        "real paragraphs, median",
        "their lowest 5 %",
        "foreign, median",
        "foreign above that 5 %",
    )
    return table(heads, rows)
