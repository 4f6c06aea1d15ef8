"""Sections of the record as lines of Markdown; no figure is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.quality.data import SEEDS, WRITTEN

SIGNIFICANT = 0.05
PARTS = {SEEDS: "seeds", WRITTEN: "written text"}
_FAMILIES = {"terms": "Terms", "context": "Context", "classifier": "Classifier"}


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is words and whose others are figures."""
    ruler = ["---", *("---:" for _ in heads[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ruler, *rows)) + "\n"


def signature(one: Mapping[str, Any]) -> str:
    """Everything that the figures belong to."""
    by_category, by_group = (
        ", ".join(f"{name} {count}" for name, count in one[f"n_sentences_by_{what}"].items())
        for what in ("category", "group")
    )
    settings = ", ".join(f"{name} {_plain(value)}" for name, value in one["settings"].items())
    versions = ", ".join(f"{name} {number}" for name, number in one["versions"].items())
    rows = [
        ("data", f"sha256 `{one['data_sha256']}`"),
        ("codebook", f"sha256 `{one['codebook_sha256']}`"),
        ("sentences", f"{one['n_sentences']} of {one['n_reports']} reports and excerpts"),
        ("by category", by_category),
        ("by group of files", by_group),
        ("settings in use", settings),
        ("resampling", f"{one['resamples']} draws of whole reports, seed {one['seed']}"),
        ("versions", versions),
    ]
    return "\n".join(["| what | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]) + "\n"


def _plain(value: Any) -> str:
    return f"({', '.join(map(str, value))})" if isinstance(value, list) else str(value)


# --- main figures ---------------------------------------------------------------------------


def macro(figures: Mapping[str, Any]) -> str:
    """Macro-F1 with its interval."""
    low, high = figures["macro_f1_interval"]
    return f"{figures['macro_f1']:.3f} ({low:.3f}–{high:.3f})"


def overview(section: Mapping[str, Any]) -> str:
    """Macro-F1 of every split, the baselines beside."""
    rows = []
    for part, name in PARTS.items():
        one = section["by_report"][part]
        base = one["baselines"]
        rows.append(
            (
                f"{name}, reports left out",
                str(one["model"]["n_sentences"]),
                macro(one["model"]),
                f"{one['model']['accuracy']:.3f}",
                *(
                    f"{base[b]['macro_f1']:.3f} (p {base[b]['p_of_difference']:.4f})"
                    for b in ("majority", "seed_terms")
                ),
            )
        )
    for name, one in (
        ("seeds, no real report in training", section["seeds_without_any_real_report"]),
        ("written text, the author's group of files left out", section["by_group"]["all"]),
    ):
        rows.append((name, str(one["n_sentences"]), macro(one), f"{one['accuracy']:.3f}", "", ""))
    return table(("tested on", "sentences", "macro-F1", "accuracy", "majority category", "seed terms"), rows)


def _baseline(one: Mapping[str, Any]) -> str:
    return f"{one['macro_f1']:.3f} (p {one['p_of_difference']:.4f})"


def by_category(section: Mapping[str, Any]) -> str:
    """Precision, recall and F1 of each category on both parts."""
    figures = [section["by_report"][part]["model"]["categories"] for part in PARTS]
    heads = ["category"]
    for name in PARTS.values():
        heads += [f"{name}: precision", "recall", "F1", "sentences"]
    rows = []
    for category in figures[0]:
        row = [category]
        for one in (part[category] for part in figures):
            row += [*(f"{one[what]:.3f}" for what in ("precision", "recall", "f1")), str(one["support"])]
        rows.append(row)
    return table(heads, rows)


def confusion(section: Mapping[str, Any], part: str, categories: Sequence[str]) -> str:
    """Gold down, predicted across."""
    counts = section["by_report"][part]["model"]["confusion"]
    rows = [(name, *map(str, row)) for name, row in zip(categories, counts, strict=True)]
    return table(("gold \\ predicted", *categories), rows)


def short_rows(what: str, found: Mapping[str, Any]) -> str:
    """Macro-F1 and accuracy of single reports or groups."""
    rows = [
        (name, str(one["n_sentences"]), f"{one['macro_f1']:.3f}", f"{one['accuracy']:.3f}")
        for name, one in found.items()
    ]
    return table((what, "sentences", "macro-F1", "accuracy"), rows)


# --- ablation -------------------------------------------------------------------------------


def ablation(section: Mapping[str, Any], family: str) -> str:
    """One family of alternatives, under the settings in use."""
    rows = [_ablation_row(one) for one in section["rows"] if one["family"] in ("in use", family)]
    heads = (
        "",
        "seeds left out",
        "difference (p)",
        "groups of written text left out",
        "difference (p)",
        "calibration error",
        "MB",
        "seconds",
    )
    return f"### {_FAMILIES[family]}\n\n" + table(heads, rows)


def _ablation_row(one: Mapping[str, Any]) -> tuple[str, ...]:
    cells = []
    for part in PARTS:
        gap = one[part].get("difference")
        cells += [f"{one[part]['macro_f1']:.3f}", f"{gap['macro_f1']:+.3f} ({gap['p']:.3f})" if gap else ""]
    error = f"{one[WRITTEN]['calibration_error']:.3f}"
    return (one["name"], *cells, error, f"{one['megabytes']:.1f}", f"{one['seconds']:.1f}")


def verdicts(section: Mapping[str, Any]) -> str:
    """Alternatives by what the test on the written text says of them."""
    found: dict[str, list[str]] = {"better": [], "worse": [], "no different": []}
    for one in section["rows"][1:]:
        gap = one[WRITTEN]["difference"]
        sure = gap["p"] <= SIGNIFICANT
        verdict = "no different" if not sure else "better" if gap["macro_f1"] > 0 else "worse"
        found[verdict].append(
            f"{one['name']} ({gap['macro_f1']:+.3f}; seeds {one[SEEDS]['difference']['macro_f1']:+.3f})"
        )
    named = {
        "better": f"Better on groups left out (p ≤ {SIGNIFICANT})",
        "worse": f"Worse (p ≤ {SIGNIFICANT}); what is left out there is needed",
        "no different": "No difference that these data can show; what is changed there did not help, "
        "what is left out is not missed",
    }
    return (
        "\n".join(f"- **{words}**: {'; '.join(found[verdict]) or 'none'}." for verdict, words in named.items()) + "\n"
    )


# --- guard, paragraphs, curve ---------------------------------------------------------------


def guard(section: Mapping[str, Any]) -> str:
    """Headings as they are, removed, shuffled; then one wrong heading over everything."""
    runs = [(_of(name), one) for name, one in section.items() if isinstance(one, dict)]
    rows = [_guard_row(row, row["headings"] + of) for of, one in runs for row in one["rows"]]
    rows += [_guard_row(one["all_misleading"], f"misleading, all six{of}") for of, one in runs]
    rows += [
        _guard_row(row, f"{row['headings']} ({row['category']}){of}") for of, one in runs for row in one["misleading"]
    ]
    return table(("headings", "sentences", "accuracy", "before", "answers changed", "drawn to it"), rows)


def _guard_row(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    before, drawn = (row.get(what) for what in ("accuracy_before", "drawn"))
    return (
        name,
        str(row["n"]),
        f"{row['accuracy']:.3f}",
        f"{before:.3f}" if before is not None else "",
        f"{row['changed']:.1%}",
        f"{drawn:.1%}" if drawn is not None else "",
    )


def _of(name: str) -> str:
    return "" if name == "in use" else f"; {name}"


def paragraphs(section: Mapping[str, Any]) -> str:
    """Both ways to tag paragraphs."""
    figures = {
        "category_accuracy": "category right",
        "macro_f1": "macro-F1 of it",
        "set_f1": "F1 of the sets",
        "set_exact": "sets quite right",
        "set_macro_f1": "macro-F1 of the sets",
    }
    rows = [
        (f"{name}, {system}", str(one["n"]), *(f"{one[figure]:.3f}" for figure in figures))
        for part, name in PARTS.items()
        for system, one in section["parts"][part].items()
    ]
    return table(("", "paragraphs", *figures.values()), rows)


def curve(section: Mapping[str, Any]) -> str:
    """Macro-F1 against authored text."""
    heads = ["share of excerpts", "written sentences a model", "seeds", "written text"]
    developed = "development" in section["points"][0]
    rows = []
    for point in section["points"]:
        row = [f"{point['share']:.0%}", str(point["n_written"]), macro(point[SEEDS]), macro(point[WRITTEN])]
        if developed:
            row.append(f"{macro(point['development'])}, {point['n_written_in_all']} sentences")
        rows.append(row)
    return table([*heads, *(["development set"] if developed else [])], rows)
