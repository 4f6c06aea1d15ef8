"""Shapes of a picture that reads on light and dark pages and loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """<style>
.paper{fill:#fff}text{fill:#1f2328;font:12px sans-serif}.faint{fill:#59636e}.big{font-size:14px;font-weight:bold}
.grid{stroke:#d1d9e0}.axis{stroke:#59636e}
@media (prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}.faint{fill:#9198a1}.grid{stroke:#3d444d}
.axis{stroke:#9198a1}}
</style>"""


class Drawing:
    """A picture that grows; coordinates are pixels from the upper left."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.width = width
        self.height = height
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{escape(title, quote=True)}">',
            f"<title>{escape(title)}</title>{_STYLE}",
            f'<rect class="paper" width="{width}" height="{height}" rx="6"/>',
            f'<text class="big" x="16" y="26">{escape(title)}</text>',
        ]

    def text(self, x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> None:
        """Words with their base line at `y`."""
        marks = f' class="{kind}"' if kind else ""
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{marks}>{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "grid") -> None:
        """A line of the frame."""
        self._parts.append(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def stroke(self, points: Sequence[tuple[float, float]], colour: str, width: float = 2, dash: str = "") -> None:
        """A line through points."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> None:
        """A filled rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}" '
            f'fill-opacity="{opacity:.2f}"/>'
        )

    def dot(self, x: float, y: float, radius: float, colour: str, hollow: bool = False) -> None:
        """A disc, or a ring."""
        look = f'fill="none" stroke="{colour}" stroke-width="1.5"' if hollow else f'fill="{colour}"'
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {look}/>')

    def as_text(self) -> str:
        """The picture as SVG."""
        return "\n".join([*self._parts, "</svg>"]) + "\n"


@dataclass(frozen=True)
class Axes:
    """Where values lie in a picture.

    Attributes
    ----------
    left, right, top, bottom : float
        Edges of the field in pixels.
    x_range, y_range : tuple of float
        Values at the edges.
    """

    left: float
    right: float
    top: float
    bottom: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        """Pixel of a value across."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Pixel of a value upwards."""
        low, high = self.y_range
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def points(self, pairs: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
        """Pixels of points; what lies below or above the field is put on its edge."""
        low, high = self.y_range
        return [(self.x(one[0]), self.y(min(max(one[1], low), high))) for one in pairs]

    def draw(
        self,
        drawing: Drawing,
        across: Sequence[float],
        upwards: Sequence[float],
        words: Callable[[float], str],
        words_upwards: Callable[[float], str],
    ) -> None:
        """Grid lines with their values."""
        for value in upwards:
            drawing.line(self.left, self.y(value), self.right, self.y(value))
            drawing.text(self.left - 8, self.y(value) + 4, words_upwards(value), "end", "faint")
        for value in across:
            drawing.line(self.x(value), self.bottom, self.x(value), self.bottom + 4, "axis")
            drawing.text(self.x(value), self.bottom + 18, words(value), "middle", "faint")
        drawing.line(self.left, self.bottom, self.right, self.bottom, "axis")
