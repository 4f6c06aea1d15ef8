"""What a sentence does in the report: opening, achievement, problem, plan or closing.

Headings decide first, the innermost that says anything; words decide where headings
are silent or name problems and plans together.
"""

from __future__ import annotations

from collections.abc import Sequence

from fzclf.segmentation import role_words as words
from fzclf.segmentation.outline import HEADING, METADATA, PARAGRAPH, Bounds, Entry
from fzclf.segmentation.role_words import ACHIEVEMENT, CLOSING, MIXED, OPENING, PLAN, PROBLEM, ROLES

__all__ = ["ACHIEVEMENT", "CLOSING", "OPENING", "PLAN", "PROBLEM", "ROLES", "assign_roles"]

_REACH = 400  # of a longer sentence only this much is read
_YEAR_LINES = 8
_CLOSING_PARAGRAPHS = 4
_CALL = "让我们"
_ADDRESS = "各位代表"


def assign_roles(text: str, entries: Sequence[Entry]) -> None:
    """Give every block its role, and every sentence of a paragraph its own.

    The role of a paragraph is the one that covers most of its characters; a heading that
    announces nothing has the role of the paragraph below it.
    """
    bodies = [entry for entry in entries if entry.kind == PARAGRAPH]
    opened_by = next((i for i, entry in enumerate(entries) if entry.kind == HEADING or entry.section), len(entries))
    if opened_by == len(entries) and len(bodies) > 1:
        opened_by = next(i for i, entry in enumerate(entries) if entry is bodies[0]) + 1
    elif opened_by == len(entries):
        opened_by = 0
    state = _Reader(text, _report_year(text, entries))
    for index, entry in enumerate(entries):
        if entry.kind == PARAGRAPH:
            entry.roles = state.read_opening(entry) if index < opened_by else state.read(entry)
            entry.role = _widest(entry)
        elif entry.kind == HEADING:
            entry.role = state.announced_by((*entry.section, (entry.start, entry.end))) or ""
        else:
            entry.role = state.carried if index >= opened_by and bodies else OPENING
    _close(text, bodies)
    _fill_silent(entries)


class _Reader:
    """What has been announced so far, while the report is read from top to bottom."""

    def __init__(self, text: str, report_year: int) -> None:
        self.text = text
        self.report_year = report_year
        self.section: tuple[Bounds, ...] | None = None
        self.announced: str | None = None
        self.depth = -1  # of the heading that announced; -1 if words did
        self.carried = ACHIEVEMENT
        self.sober = False  # has owned up to problems: no way back to achievements in this section
        self.leads_in = False  # the paragraph before ended in 以下几方面：
        self._heard: dict[Bounds, tuple[str | None, bool]] = {}

    def announced_by(self, section: tuple[Bounds, ...]) -> str | None:
        return self._announcement(section)[0]

    def _announcement(self, section: tuple[Bounds, ...]) -> tuple[str | None, int]:
        """Role that the headings announce, and the depth of the heading that does.

        The innermost problem, plan or `mixed` counts; where there is none, an achievement does.
        """
        achievement: tuple[str | None, int] = (None, -1)
        weak: tuple[str | None, int] = (None, -1)
        for depth in range(len(section) - 1, -1, -1):
            role, surely = self._heading_role(section[depth])
            if role not in (None, ACHIEVEMENT) and surely:
                return role, depth
            if role == ACHIEVEMENT and achievement[0] is None:
                achievement = role, depth
            elif role is not None and weak[0] is None:
                weak = role, depth
        return achievement if achievement[0] is not None else weak

    def _heading_role(self, bounds: Bounds) -> tuple[str | None, bool]:
        if bounds not in self._heard:
            self._heard[bounds] = words.heading_role(self.text[bounds[0] : bounds[1]], self.report_year)
        return self._heard[bounds]

    def read_opening(self, entry: Entry) -> list[str]:
        """Roles above the first heading: problems count only if they are owned up to."""
        roles = [OPENING] * len(entry.sentences)
        if words.PROBLEM_HINT.search(self.text, entry.start, entry.end):
            for position, bounds in enumerate(entry.sentences[1:], 1):
                sentence = self._sentence(bounds)
                if words.says_problem(sentence) and not words.OPENS.search(sentence):
                    roles[position] = PROBLEM
        return roles

    def read(self, entry: Entry) -> list[str]:
        """Role of each sentence of a paragraph."""
        if entry.section is not self.section:
            self._enter(entry.section)
        elif self.announced not in (None, MIXED) and not self.sober:
            self.carried = str(self.announced)
        first = self._sentence(entry.sentences[0])
        self._go_on(entry, first)
        lacking = words.PROBLEM_HINT.search(self.text, entry.start, entry.end) is not None
        roles = []
        for bounds in entry.sentences:
            if lacking or self._plans_may_start(bounds is entry.sentences[0]):
                self._step(first if bounds is entry.sentences[0] else self._sentence(bounds), bounds, entry, lacking)
            roles.append(self.carried)
        self.leads_in = words.LEADS_IN.search(self._tail(entry.sentences[-1])) is not None
        return roles

    def _sentence(self, bounds: Bounds) -> str:
        return self.text[bounds[0] : min(bounds[1], bounds[0] + _REACH)]

    def _tail(self, bounds: Bounds) -> str:
        return self.text[max(bounds[0], bounds[1] - 20) : bounds[1]]

    def _enter(self, section: tuple[Bounds, ...]) -> None:
        """Go on under new headings; silent ones leave a plan standing beside them, not one inside them."""
        shared = _n_shared(self.section or (), section)
        announced, depth = self._announcement(section)
        first_time = self.section is None
        self.section = section
        if announced is None and not first_time:
            self._enter_silent(shared)
        elif announced == MIXED:
            if self.announced != MIXED or self.carried not in (PROBLEM, PLAN):
                self.carried = PROBLEM
        elif announced is not None and not (self.sober and shared > depth):
            self.carried, self.sober = announced, False
        self.announced, self.depth = announced, depth

    def _enter_silent(self, shared: int) -> None:
        beside = self.depth < 0 or shared < self.depth
        if self.carried == PLAN and beside and not self.leads_in:
            self.carried = ACHIEVEMENT
        self.sober = False

    def _go_on(self, entry: Entry, first: str) -> None:
        """A problem told without a heading ends with its paragraph, unless the next one is its item."""
        if self.carried != PROBLEM or self.announced not in (None, MIXED) or self.sober:
            return
        continues = self.leads_in or words.OPENS_ITEM.match(first) or words.FALLS_SHORT.search(first)
        if self.announced is None and not continues:
            self.carried = ACHIEVEMENT
        elif self.announced == MIXED and words.STARTS_MEASURE.match(first) and not words.FALLS_SHORT.search(first):
            self.carried = PLAN

    def _plans_may_start(self, first: bool) -> bool:
        if self.carried == PLAN:
            return False
        return first or self.carried == PROBLEM or self.announced in (MIXED, PROBLEM)

    def _step(self, sentence: str, bounds: Bounds, entry: Entry, lacking: bool) -> None:
        """Let one sentence change what is being told."""
        loosely = self.announced != ACHIEVEMENT or self.carried == PROBLEM
        if self._plans_may_start(bounds is entry.sentences[0]) and words.starts_plan(
            sentence, self.report_year, loosely=loosely
        ):
            self.carried = PLAN
        elif self.carried == PLAN and self.announced != MIXED and not words.CONCEDES.match(sentence):
            return
        elif self.announced == PROBLEM:
            self.carried = PROBLEM
        elif lacking and words.says_problem(sentence):
            self.carried = PROBLEM
            self.sober = self.sober or words.turns_sober(sentence)
        elif self.announced in (MIXED, PLAN) and words.CONCEDES.match(sentence):
            self.carried = PROBLEM


def _n_shared(one: tuple[Bounds, ...], other: tuple[Bounds, ...]) -> int:
    """Number of headings that two sections have in common."""
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return shared


def _report_year(text: str, entries: Sequence[Entry]) -> int:
    """The year that the report looks back on: of 2013年工作回顾, else the first in its title or first lines."""
    for entry in entries:
        if entry.kind == HEADING and (year := words.year_looked_back_on(text[entry.start : entry.end])):
            return year
    for entry in entries[:_YEAR_LINES]:
        match = words.YEAR.search(text, entry.start, min(entry.end, entry.start + 60))
        if match and entry.kind != METADATA:
            return int(match[1])
    return 0


def _close(text: str, bodies: Sequence[Entry]) -> None:
    """Mark the last words of the report: 特此报告, and the call that ends a speech."""
    for entry in bodies[1:][-_CLOSING_PARAGRAPHS:]:
        if words.CLOSES.match(text, entry.start, entry.end):
            entry.roles = [CLOSING] * len(entry.sentences)
            entry.role = CLOSING
    call = text.rfind(_CALL)
    if call < 0 or not bodies:
        return
    position = next((i for i in range(len(bodies) - 1, 0, -1) if bodies[i].start <= call), 0)
    entry = bodies[position]
    if not entry.start <= call < entry.end or entry.role in (PROBLEM, OPENING):
        return
    above = bodies[position - 1]
    alone = above.end - above.start <= 6 and text.startswith(_ADDRESS, above.start)
    if alone:
        above.roles, above.role = [CLOSING], CLOSING
    whole = alone or text.startswith(_ADDRESS, entry.start)
    entry.roles = [
        CLOSING if whole or end > call else role for (_, end), role in zip(entry.sentences, entry.roles, strict=True)
    ]
    entry.role = _widest(entry)


def _fill_silent(entries: Sequence[Entry]) -> None:
    """Roles that come from the neighbours: of silent headings from below, of the last lines from the end."""
    below = ""
    for entry in reversed(entries):
        if entry.kind == PARAGRAPH:
            below = entry.role
        elif entry.kind == HEADING:
            entry.role = (PROBLEM if entry.role == MIXED else entry.role) or below or ACHIEVEMENT
        elif not below and entry.role != OPENING:
            entry.role = CLOSING


def _widest(entry: Entry) -> str:
    """The role that covers the most characters; the first of equals."""
    if len(set(entry.roles)) == 1:
        return entry.roles[0]
    covered: dict[str, int] = {}
    for (start, end), role in zip(entry.sentences, entry.roles, strict=True):
        covered[role] = covered.get(role, 0) + end - start
    return max(covered, key=lambda role: covered[role])
