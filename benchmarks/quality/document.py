"""docs/evaluation.md and its pictures: words written once, figures from the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.quality import tables, trust_tables
from benchmarks.quality.checking import read_floors
from benchmarks.quality.pictures import pictures
from benchmarks.quality.record import FOLDER, read_readings
from fzclf.training.codebook import load_codebook

_SECTION = "<!-- section: "


def write(record: Mapping[str, Any], docs: Path) -> None:
    """Put the page and its pictures below `docs`; pictures of sections that are gone stay."""
    (docs / "pictures").mkdir(parents=True, exist_ok=True)
    (docs / "evaluation.md").write_text(as_markdown(record), encoding="utf-8")
    for name, text in pictures(record["sections"], load_codebook()).items():
        (docs / "pictures" / name).write_text(text, encoding="utf-8")


def as_markdown(record: Mapping[str, Any]) -> str:
    """The page, whole; a section that was not measured says so."""
    categories = record["signature"]["categories"]
    makers: dict[str, Callable[[Any], str]] = {
        "held_out": lambda one: _held_out(one, categories),
        "ablation": _ablation,
        "guard": lambda one: _filled("guard", guard=tables.guard(one)),
        "paragraphs": _paragraphs,
        "curve": _curve,
        "calibration": _calibration,
        "foreign": _foreign,
    }
    sections = record["sections"]
    took = sum(one["seconds"] for one in sections.values())
    parts = [_filled("head", signature=tables.signature(record["signature"]), minutes=took / 60)]
    parts += [make(sections[name]) if name in sections else _missing(name) for name, make in makers.items()]
    parts += [_floors(), _filled("readings", readings=_readings(read_readings()))]
    return "\n".join(part.rstrip() + "\n" for part in parts)


@cache
def _prose() -> dict[str, str]:
    """The words of each section, with fields for its tables."""
    pieces = (FOLDER / "prose.md").read_text(encoding="utf-8").split(_SECTION)[1:]
    named = (piece.split(" -->\n", 1) for piece in pieces)
    return {name: words.rstrip() + "\n" for name, words in named}


def _filled(name: str, **fields: Any) -> str:
    return _prose()[name].format(**fields)


def _missing(name: str) -> str:
    return f"## Not measured: {name}\n\nRun `python -m benchmarks.quality --only {name}`.\n"


def _held_out(section: Mapping[str, Any], categories: Sequence[str]) -> str:
    return _filled(
        "held_out",
        overview=tables.overview(section),
        by_category=tables.by_category(section),
        confusion_seeds=tables.confusion(section, "seeds", categories),
        confusion_written=tables.confusion(section, "written", categories),
        seeds=tables.short_rows("seed left out", section["seeds_one_by_one"]),
        groups=tables.short_rows("group of files left out", section["by_group"]["groups"]),
    )


def _ablation(section: Mapping[str, Any]) -> str:
    families = {family: tables.ablation(section, family) for family in ("terms", "context", "classifier")}
    return _filled("ablation", **families, verdicts=tables.verdicts(section))


def _paragraphs(section: Mapping[str, Any]) -> str:
    p_of = section["p_of_difference"]
    return _filled(
        "paragraphs", p_seeds=p_of["seeds"], p_written=p_of["written"], paragraphs=tables.paragraphs(section)
    )


def _curve(section: Mapping[str, Any]) -> str:
    read = "development" in section["points"][0]
    words = (
        "The development set is read by models of all seeds and the share of all excerpts; "
        f"{section.get('n_unmatched', 0)} of its sentences are cut otherwise by us and left out."
        if read
        else "The development set was not read in this run."
    )
    return _filled("curve", development=words, curve=tables.curve(section))


def _calibration(section: Mapping[str, Any]) -> str:
    return _filled(
        "calibration",
        calibration=trust_tables.calibration(section),
        reliability=trust_tables.reliability(section),
        coverage=trust_tables.coverage(section["reports"]),
        coverage_groups=trust_tables.coverage(section["groups"]),
        review=trust_tables.review(section),
    )


def _foreign(section: Mapping[str, Any]) -> str:
    return _filled(
        "foreign",
        n=section["n"],
        data=section["data_sha256_of_model"][:12],
        good=section["good"],
        share=section["good"] / max(section["n"], 1),
        kinds=trust_tables.foreign(section),
        failures=trust_tables.foreign_failures(section),
        n_real=section["familiar"][0]["n_real"],
        familiar=trust_tables.familiar(section),
    )


def _floors() -> str:
    floors = read_floors()
    rows = [
        (
            f"`{name}`",
            f"at least {floor['at_least']}" if "at_least" in floor else f"at most {floor['at_most']}",
            str(floor["tightest"]),
            floor.get("why", ""),
        )
        for name, floor in floors["floors"].items()
    ]
    heads = ("figure", "floor", "tightest ever", "why loosened")
    return _filled("floors", data=floors["data_sha256"][:12], floors=tables.table(heads, rows))


def _readings(readings: Sequence[Mapping[str, Any]]) -> str:
    if not readings:
        return "No reading is logged.\n"
    rows = [
        (
            str(one["time"]),
            f"`{str(one['data_sha256'])[:12]}`",
            str(one["n_sentences"]),
            str(one["settings"]),
            f"{one['macro_f1']:.3f}",
        )
        for one in readings
    ]
    return tables.table(("time (UTC)", "data", "sentences in training", "settings", "macro-F1"), rows)
