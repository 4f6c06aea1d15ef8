"""The pictures of docs/evaluation.md, from the record; colours are those of the codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.quality.data import SEEDS, WRITTEN
from benchmarks.quality.svg import Axes, Drawing
from benchmarks.quality.tables import PARTS, SIGNIFICANT
from fzclf.training.codebook import Codebook

_WIDTH = 760
Series = Sequence[tuple[str, str, Any]]


def pictures(sections: Mapping[str, Any], codebook: Codebook) -> dict[str, str]:
    """SVG of every section that was measured, by file name."""
    colours = [category.colour for category in codebook.categories]
    made: dict[str, str] = {}
    if "held_out" in sections:
        made["categories.svg"] = categories(sections["held_out"], codebook)
        for part in PARTS:
            made[f"confusion-{part}.svg"] = confusion(sections["held_out"], part, codebook)
    if "ablation" in sections:
        made["ablation.svg"] = ablation(sections["ablation"], colours)
    if "curve" in sections:
        made["curve.svg"] = curve(sections["curve"], colours)
    if "calibration" in sections:
        made["reliability.svg"] = reliability(sections["calibration"], colours)
        made["coverage.svg"] = coverage(sections["calibration"], colours)
    return made


def _key(drawing: Drawing, series: Sequence[tuple[str, str]], x: float, y: float) -> None:
    """Names of series beside their colours, one below the other."""
    for number, (name, colour) in enumerate(series):
        drawing.dot(x, y + 18 * number - 4, 5, colour)
        drawing.text(x + 12, y + 18 * number, name)


def categories(section: Mapping[str, Any], codebook: Codebook) -> str:
    """F1 of each category: the upper bar the seeds, the lower the written text."""
    drawing = Drawing(_WIDTH, 60 + 52 * len(codebook.ids), "F1 of each category, reports left out")
    axes = Axes(230, _WIDTH - 130, 44, 44 + 52 * len(codebook.ids), (0.0, 1.0), (0.0, 1.0))
    for number, category in enumerate(codebook.categories):
        top = 44 + 52 * number
        drawing.text(16, top + 20, f"{category.name} {category.id}")
        for row, (part, name) in enumerate(PARTS.items()):
            f1 = section["by_report"][part]["model"]["categories"][category.id]["f1"]
            y = top + 20 * row
            drawing.box(axes.left, y, axes.x(f1) - axes.left, 17, category.colour, 0.45 if row else 0.9)
            drawing.text(axes.x(f1) + 6, y + 13, f"{f1:.3f} {name}", kind="faint")
    return drawing.as_text()


def confusion(section: Mapping[str, Any], part: str, codebook: Codebook) -> str:
    """Counts, gold down, predicted across; the deeper the colour the larger the share of the row."""
    counts = section["by_report"][part]["model"]["confusion"]
    size, left, top = 78, 130, 84
    n = len(codebook.ids)
    drawing = Drawing(left + size * n + 20, top + 46 * n + 20, f"Confusion, {PARTS[part]} left out")
    drawing.text(16, 54, "gold down, predicted across", kind="faint")
    for number, category in enumerate(codebook.categories):
        drawing.text(left + size * number + size / 2, top - 8, category.name, "middle")
        drawing.text(left - 10, top + 46 * number + 28, category.name, "end")
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            share = count / max(sum(line), 1)
            colour = codebook.categories[column].colour
            x, y = left + size * column, top + 46 * row
            drawing.box(x + 1, y + 1, size - 2, 44, colour, 0.05 + 0.55 * share**0.5 if count else 0.03)
            drawing.text(x + size / 2, y + 28, str(count), "middle", "" if count else "faint")
    return drawing.as_text()


def ablation(section: Mapping[str, Any], colours: Sequence[str]) -> str:
    """Change of macro-F1 by each alternative; what lies beyond the field stands on its edge."""
    rows = section["rows"][1:]
    low, high = -0.06, 0.03
    drawing = Drawing(_WIDTH, 96 + 18 * len(rows), "Macro-F1 against the settings in use")
    axes = Axes(340, _WIDTH - 30, 66, 66 + 18 * len(rows), (low, high), (0.0, 1.0))
    axes.draw(drawing, [step / 100 for step in range(-6, 4)], [], lambda value: f"{value:+.2f}" if value else "0", str)
    drawing.line(axes.x(0), axes.top, axes.x(0), axes.bottom, "axis")
    drawing.dot(352, 46, 5, colours[0])
    drawing.text(364, 50, "seeds")
    drawing.dot(432, 46, 5, colours[1])
    drawing.text(444, 50, f"written text, groups left out (ring: p above {SIGNIFICANT})")
    for number, row in enumerate(rows):
        y = axes.top + 18 * number + 9
        drawing.text(axes.left - 10, y + 4, row["name"], "end")
        for part, colour in zip(PARTS, colours, strict=False):
            gap = row[part]["difference"]
            x = axes.x(min(max(gap["macro_f1"], low), high))
            drawing.dot(x, y, 4, colour, hollow=part == WRITTEN and gap["p"] > SIGNIFICANT)
    return drawing.as_text()


def curve(section: Mapping[str, Any], colours: Sequence[str]) -> str:
    """Macro-F1 against written sentences in training, with intervals."""
    points = section["points"]
    series = [("seeds left out", colours[0], SEEDS), ("written text, groups left out", colours[1], WRITTEN)]
    if "development" in points[0]:
        series.append(("development set", colours[3], "development"))
    lowest = min(point[key]["macro_f1_interval"][0] for point in points for _, _, key in series)
    most = max(point["n_written_in_all"] for point in points)
    low = int(lowest * 20) / 20
    drawing = Drawing(_WIDTH, 400, "Learning curve: macro-F1 against authored text")
    axes = Axes(60, _WIDTH - 30, 50, 340, (0.0, float(most)), (low, 1.0))
    ticks = [low + 0.05 * step for step in range(round((1 - low) / 0.05) + 1)]
    across = [float(value) for value in range(0, most + 1, 2000)]
    axes.draw(drawing, across, ticks, lambda value: f"{value:.0f}", lambda value: f"{value:.2f}")
    drawing.text(_WIDTH / 2, 384, "written sentences that a model was trained on", "middle", "faint")
    for _, colour, key in series:
        size = "n_written_in_all" if key == "development" else "n_written"
        drawing.stroke(axes.points([(p[size], p[key]["macro_f1"]) for p in points]), colour)
        for point in points:
            at, figures = float(point[size]), point[key]
            bounds = axes.points([(at, value) for value in figures["macro_f1_interval"]])
            drawing.stroke(bounds, colour, 1)
            drawing.dot(*axes.points([(at, figures["macro_f1"])])[0], 3.5, colour)
    _key(drawing, [(name, colour) for name, colour, _ in series], axes.right - 230, axes.bottom - 18 * len(series))
    return drawing.as_text()


def _calibration_series(colours: Sequence[str]) -> list[tuple[str, str, str, str]]:
    return [
        ("seeds, reports left out", colours[0], "reports", SEEDS),
        ("written text, reports left out", colours[1], "reports", WRITTEN),
        ("written text, groups left out", colours[3], "groups", WRITTEN),
    ]


def reliability(section: Mapping[str, Any], colours: Sequence[str]) -> str:
    """Share right against probability said; the larger a dot the more sentences, with under ten no dot."""
    drawing = Drawing(520, 500, "Reliability: what was said, what was right")
    axes = Axes(60, 490, 50, 440, (0.0, 1.0), (0.0, 1.0))
    ticks = [step / 5 for step in range(6)]
    axes.draw(drawing, ticks, ticks, lambda value: f"{value:.1f}", lambda value: f"{value:.1f}")
    drawing.line(axes.x(0), axes.y(0), axes.x(1), axes.y(1), "axis")
    drawing.text(275, 486, "probability of the category", "middle", "faint")
    series = _calibration_series(colours)
    for _, colour, run, part in series:
        bins = [one for one in section[run]["parts"][part]["bins"] if one["n"] >= 10]
        points = axes.points([(one["probability"], one["right"]) for one in bins])
        drawing.stroke(points, colour, 1.5)
        for (x, y), one in zip(points, bins, strict=True):
            drawing.dot(x, y, 2 + min(one["n"], 4000) ** 0.5 / 9, colour)
    _key(drawing, [(name, colour) for name, colour, _, _ in series], 270, axes.bottom - 60)
    return drawing.as_text()


def coverage(section: Mapping[str, Any], colours: Sequence[str]) -> str:
    """Share right of what is left when the least certain sentences are read by a person."""
    series = _calibration_series(colours)
    curves = [section[run]["coverage"]["curves"][part] for _, _, run, part in series]
    low = int(min(value for points in curves for _, value in points) * 50) / 50
    drawing = Drawing(_WIDTH, 400, "How much to read: right among the sentences that nobody reads")
    axes = Axes(60, _WIDTH - 30, 50, 340, (0.0, 0.5), (low, 1.0))
    ticks = [low + 0.02 * step for step in range(round((1 - low) / 0.02) + 1)]
    across = [step / 10 for step in range(6)]
    axes.draw(drawing, across, ticks, lambda value: f"{value:.0%}", lambda value: f"{value:.0%}")
    drawing.stroke(axes.points([(0, 0.97), (0.5, 0.97)]), colours[-1], 1, "4 3")
    drawing.text(_WIDTH / 2, 384, "share of sentences that a person reads, the least certain first", "middle", "faint")
    for (_, colour, _, _), points in zip(series, curves, strict=True):
        drawing.stroke(axes.points(points), colour)
    _key(drawing, [(name, colour) for name, colour, _, _ in series], axes.right - 230, axes.bottom - 60)
    return drawing.as_text()
