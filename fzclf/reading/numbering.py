"""Automatic numbering of Word documents: which number stands in front of which paragraph.

Word keeps 一、 and （一） out of the text; they follow from numbering.xml and styles.xml and
from the order of the paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fzclf.reading.numerals import BULLET, NONE, numeral

LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
# After these no space is needed, and reports typed by hand have none.
_CLOSED = frozenset("、，。．.）)】〕］]：:-—")
_PRIVATE_USE = ("\ue000", "\uf8ff")


@dataclass
class Level:
    """How one level of a list counts and looks, as in ``w:lvl``."""

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    restart_after: int | None = None
    """Number of the level (from 1) whose paragraphs restart this one; 0 never, None any above."""
    arabic: bool = False
    paragraph_style: str = ""


@dataclass
class Scheme:
    """``w:abstractNum``: the levels of a list; `link` names a list style that has them instead."""

    levels: dict[int, Level] = field(default_factory=dict)
    link: str = ""
    linked_as: str = ""


@dataclass
class Instance:
    """``w:num``: a use of a scheme, with levels of its own or other starts."""

    scheme: str = ""
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StyleNumbering:
    """What a paragraph style says of numbering; `number` or `level` is None where it says nothing."""

    number: str | None = None
    level: int | None = None
    based_on: str = ""


@dataclass
class Numbering:
    """All that the document says about numbering; `default_style` is that of paragraphs that name none."""

    schemes: dict[str, Scheme] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    styles: dict[str, StyleNumbering] = field(default_factory=dict)
    default_style: str = ""


class Counter:
    """Numbers paragraphs in the order of the document."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def label(self, number: str | None, level: int | None, style: str | None) -> str:
        """The words in front of the next paragraph, with the space that belongs there; often empty.

        `number` and `level` are those of the paragraph itself, None where only its style says
        them; number ``0`` switches the numbering of the style off.
        """
        number, level = self._resolve(number, level, style or self._numbering.default_style)
        instance = self._numbering.instances.get(number)
        if instance is None:
            return ""
        scheme_id, scheme = self._scheme(instance.scheme)
        looks = {**scheme.levels, **instance.levels}
        if level not in looks:
            return ""
        counts = self._counts.setdefault(scheme_id, {})
        self._advance(number, instance, level, looks, counts)
        return _label(level, looks, counts)

    def _resolve(self, number: str | None, level: int | None, style: str) -> tuple[str, int]:
        """Number and level of a paragraph, from itself first, then along its styles."""
        by_style = False
        seen: set[str] = set()
        name = style
        while name in self._numbering.styles and name not in seen and (number is None or level is None):
            seen.add(name)
            rule = self._numbering.styles[name]
            if number is None and rule.number is not None:
                number, by_style = rule.number, True
            level = rule.level if level is None else level
            name = rule.based_on
        if by_style and level is None:
            level = self._level_of_style(number or "", seen)
        return number or "", level or 0

    def _level_of_style(self, number: str, styles: set[str]) -> int | None:
        """The level that says which of `styles` it belongs to (``w:pStyle``)."""
        instance = self._numbering.instances.get(number)
        if instance is None:
            return None
        looks = {**self._scheme(instance.scheme)[1].levels, **instance.levels}
        return next((index for index, level in looks.items() if level.paragraph_style in styles), None)

    def _scheme(self, scheme_id: str) -> tuple[str, Scheme]:
        scheme = self._numbering.schemes.get(scheme_id, Scheme())
        if scheme.levels or not scheme.link:
            return scheme_id, scheme
        for other_id, other in self._numbering.schemes.items():
            if other.linked_as == scheme.link:
                return other_id, other
        return scheme_id, scheme

    def _advance(
        self, number: str, instance: Instance, level: int, looks: dict[int, Level], counts: dict[int, int]
    ) -> None:
        """Count one paragraph; lists of one scheme go on from each other unless an instance says its start."""
        start = instance.starts.get(level, looks[level].start)
        if level in instance.starts and (number, level) not in self._started:
            counts.pop(level, None)
        self._started.add((number, level))
        counts[level] = counts[level] + 1 if level in counts else start
        for below in range(level + 1, LEVELS):
            restart_after = looks[below].restart_after if below in looks else None
            if restart_after is None or level < restart_after:
                counts.pop(below, None)


def _label(level: int, looks: dict[int, Level], counts: dict[int, int]) -> str:
    look = looks[level]
    if look.style == BULLET:
        mark = look.pattern.strip()
        # Word takes bullets from symbol fonts, whose codes mean nothing outside of them.
        hollow = not mark or any(_PRIVATE_USE[0] <= char <= _PRIVATE_USE[1] for char in mark)
        return ("•" if hollow else mark) + " "

    def written(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        shape = looks[index].style if index in looks else NONE
        arabic = look.arabic and shape not in (NONE, BULLET)
        # A level above that has had no paragraph yet shows its start, but is not counted.
        number = counts.get(index, looks[index].start if index in looks else 0)
        return numeral(number, "decimal" if arabic else shape)

    words = _PLACEHOLDER.sub(written, look.pattern)
    if not words.strip() or look.suffix == "nothing" or words[-1] in _CLOSED or words[-1].isspace():
        return words.lstrip()
    return words.lstrip() + " "
