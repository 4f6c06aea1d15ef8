"""What a sentence does in the report: opening, achievement, problem, plan or closing.

Headings decide first, the innermost that says anything; words decide where headings
are silent or name problems and plans together.
"""

from __future__ import annotations

from collections.abc import Sequence

from fzclf.segmentation import role_words as words
from fzclf.segmentation.cuts import CONCESSION, HINT
from fzclf.segmentation.cuts import PLAN as PLAN_MARK
from fzclf.segmentation.drafts import HEADING, METADATA, PARAGRAPH, TITLE, Bounds, Draft
from fzclf.segmentation.role_words import ACHIEVEMENT, CLOSING, MIXED, OPENING, PLAN, PROBLEM, ROLES
from fzclf.segmentation.speeches import ADDRESSES, close_speeches, is_address

__all__ = ["ACHIEVEMENT", "CLOSING", "OPENING", "PLAN", "PROBLEM", "ROLES", "assign_roles"]

_REACH = 400  # of a longer sentence only this much is read
_LEAD_IN_REACH = 20
_YEAR_LINES = 8
_OPENING_PARAGRAPHS = 4
_CLOSING_PARAGRAPHS = 4
_CALL = "让我们"
_TOLD_APART = (MIXED, PROBLEM)  # under such headings each sentence is read
_UNTOLD = (None, MIXED)
_MAY_TURN = HINT | PLAN_MARK | CONCESSION  # no other sentence changes what is being told


def assign_roles(text: str, entries: Sequence[Draft]) -> None:
    """Give every block its role, and every sentence of a paragraph its own.

    The role of a paragraph is the one that covers most of its characters; a heading that
    announces nothing has the role of the paragraph below it.
    """
    bodies = [entry for entry in entries if entry.kind == PARAGRAPH]
    opened_by = _opened_by(text, entries)
    state = _Reader(text, _report_year(text, entries))
    reopened = 0  # so many paragraphs may still open the second copy of a report
    for index, entry in enumerate(entries):
        if entry.kind == PARAGRAPH:
            if index < opened_by or (reopened and not entry.section):
                state.read_opening(entry)
                if reopened:
                    reopened = 0 if _announces(text, entry) else reopened - 1
            else:
                state.read(entry)
        elif entry.kind == HEADING:
            entry.role = state.announced_by((*entry.section, (entry.start, entry.end))) or ""
            reopened = 0
        elif index < opened_by or not bodies:
            entry.role = OPENING
        elif entry.kind == TITLE:  # a page may carry its report twice
            state = _Reader(text, state.report_year)
            entry.role, reopened = OPENING, _OPENING_PARAGRAPHS
        else:
            entry.role = OPENING if reopened else state.carried
    _close(text, bodies)
    close_speeches(text, entries)
    _fill_silent(entries)


def _opened_by(text: str, entries: Sequence[Draft]) -> int:
    """Index of the first block that the opening does not reach.

    It ends at the first heading or behind the paragraph that says 现将……报告如下；without either, behind
    the first paragraph, if there are more.
    """
    seen: list[int] = []  # paragraphs
    for index, entry in enumerate(entries):
        if entry.kind == HEADING or entry.section:
            return index
        if entry.kind == PARAGRAPH:
            seen.append(index)
            if len(seen) <= _OPENING_PARAGRAPHS and _announces(text, entry):
                return index + 1
    return seen[0] + 1 if len(seen) > 1 else 0


def _announces(text: str, entry: Draft) -> bool:
    """Whether a paragraph ends like 现将……报告如下：."""
    return words.ANNOUNCES.search(text, max(entry.start, entry.end - _LEAD_IN_REACH), entry.end) is not None


class _Reader:
    """What has been announced so far, while the report is read from top to bottom."""

    def __init__(self, text: str, report_year: int) -> None:
        self.text = text
        self.report_year = report_year
        self.section: tuple[Bounds, ...] | None = None
        self.announced: str | None = None
        self.held_at: int | None = None  # a plan stands while so many of the headings above stay open
        self.carried = ACHIEVEMENT
        self.before_glossary = ACHIEVEMENT
        self.sober = False  # has owned up to problems: no way back to achievements in this section
        self.past_sober = False  # the same, for the chapters that follow
        self.ended = False  # in a plan, the sentence before did not end in a semicolon
        self.above: Draft | None = None  # the paragraph before
        self._heading_roles: dict[Bounds, tuple[str | None, bool]] = {}

    def announced_by(self, section: tuple[Bounds, ...]) -> str | None:
        return self._announcement(section)[0]

    def _announcement(self, section: tuple[Bounds, ...]) -> tuple[str | None, int]:
        """Role that the headings announce, and the depth of the heading that does.

        The innermost problem, plan or `mixed` counts; where there is none, an achievement does.
        """
        achievement: tuple[str | None, int] = (None, -1)
        weak: tuple[str | None, int] = (None, -1)
        for depth in range(len(section) - 1, -1, -1):
            bounds = section[depth]
            if bounds not in self._heading_roles:
                self._heading_roles[bounds] = words.heading_role(self.text[slice(*bounds)], self.report_year)
            role, surely = self._heading_roles[bounds]
            if role is None:
                continue
            if surely and role != ACHIEVEMENT:
                return role, depth
            if role == ACHIEVEMENT and not surely and self.past_sober and depth == 0:
                return PLAN, depth
            if role == ACHIEVEMENT and achievement[0] is None:
                achievement = role, depth
            elif weak[0] is None:
                weak = role, depth
        return achievement if achievement[0] is not None else weak

    def read_opening(self, entry: Draft) -> None:
        """Roles above the first heading: problems count only if they are owned up to."""
        entry.give_role(OPENING)
        if not entry.flags & HINT:
            return
        marks = entry.marks
        roles = [OPENING] * len(marks)
        for position in range(1, len(roles)):
            if marks[position] & HINT:
                sentence = self._sentence(entry, position)
                if words.says_problem(sentence) and not words.OPENS.search(sentence):
                    roles[position] = PROBLEM
                    continue
            if roles[position - 1] == PROBLEM:
                sentence = self._sentence(entry, position)
                if words.resolves(sentence):
                    roles[position] = PLAN
                elif words.OPENS_ITEM.match(sentence) or words.FALLS_SHORT.search(sentence):
                    roles[position] = PROBLEM
        entry.give_roles(roles)

    def read(self, entry: Draft) -> None:
        """Roles of a paragraph below a heading."""
        if entry.section is not self.section:
            self._enter(entry.section)
        elif self.announced not in _UNTOLD and not self.sober:
            self.carried = str(self.announced)
        if self.carried == PROBLEM:
            self._go_on(entry)
        if self.announced == CLOSING:  # a glossary
            entry.give_role(CLOSING)
        elif entry.flags & HINT or self.carried == PROBLEM or self.announced in _TOLD_APART:
            entry.give_roles(self._read_closely(entry))
        else:  # only its first sentence can turn such a paragraph
            if entry.flags & PLAN_MARK and self.carried != PLAN:
                self._step(self._sentence(entry, 0), PLAN_MARK, opens=True)
            entry.give_role(self.carried)
        self.above = entry

    def _read_closely(self, entry: Draft) -> list[str]:
        """Roles sentence by sentence; those whose marks say that they turn nothing are not read."""
        announced, carried = self.announced, self.carried
        leaves_plan, read_all = CONCESSION, False
        if announced in _TOLD_APART:
            hinted = words.PROBLEM_HINT.search(self.text, entry.start, entry.end) is not None
            leaves_plan = _MAY_TURN if hinted else 0
            read_all = hinted and announced == PROBLEM  # an item may own up without a hint
        roles: list[str] = []
        for position, mark in enumerate(entry.marks):
            if carried == PLAN:
                turns: int | bool = read_all or mark & leaves_plan
            elif carried == PROBLEM or announced in _TOLD_APART:
                turns = mark & _MAY_TURN or announced == PLAN or announced == PROBLEM != carried
            else:
                turns = mark & HINT or position == 0
            if turns:
                if announced == PLAN and position:
                    self.ended = self.text[entry.sentence(position - 1)[1] - 1] in "。！!"
                self._step(self._sentence(entry, position), mark, opens=position == 0)
                carried = self.carried
            roles.append(carried)
        return roles

    def _leads_in(self) -> bool:
        """Whether the paragraph before ends like 以下几方面：."""
        begin, end = self.above.sentence(self.above.n_sentences - 1) if self.above else (0, 0)
        return words.LEADS_IN.search(self.text, max(begin, end - _LEAD_IN_REACH), end) is not None

    def _sentence(self, entry: Draft, position: int) -> str:
        start, end = entry.sentence(position)
        return self.text[start : min(end, start + _REACH)]

    def _enter(self, section: tuple[Bounds, ...]) -> None:
        """Go on under new headings; silent ones leave a plan standing beside them, not one inside them."""
        shared = _n_shared(self.section or (), section)
        announced, depth = self._announcement(section)
        if announced is None and self.section is not None:
            self._enter_silent(shared)
        elif announced == MIXED:
            if self.announced != MIXED or self.carried not in (PROBLEM, PLAN):
                self.carried = PROBLEM
        elif announced == ACHIEVEMENT and self.held_at is not None and shared > self.held_at:
            announced, self.carried = None, PLAN  # 巩固成效 in a chapter of plans
        elif announced is not None:
            if announced == CLOSING and self.carried != CLOSING:
                self.before_glossary = self.carried
            self.carried, self.held_at = announced, depth if announced == PLAN else None
        self.section, self.announced, self.sober = section, announced, False

    def _enter_silent(self, shared: int) -> None:
        if self.past_sober and shared == 0:
            self.carried, self.held_at = PLAN, 0
        elif self.held_at is not None and shared < self.held_at and not self._leads_in():
            self.carried, self.held_at = ACHIEVEMENT, None
        elif self.held_at is not None:
            self.carried = PLAN
        elif self.carried == CLOSING and shared == 0:  # an annex below the glossary
            self.carried = self.before_glossary

    def _go_on(self, entry: Draft) -> None:
        """A problem told without a heading ends with its paragraph, unless the next one is its item."""
        if self.announced not in _UNTOLD or self.sober:
            return
        first = self._sentence(entry, 0)
        continues = self._leads_in() or words.OPENS_ITEM.match(first) or words.FALLS_SHORT.search(first)
        if self.announced is None and not continues:
            self.carried = ACHIEVEMENT if self.held_at is None else PLAN
        elif self.announced == MIXED and words.STARTS_MEASURE.match(first) and not words.FALLS_SHORT.search(first):
            self.carried = PLAN

    def _plans_may_start(self, first: bool) -> bool:
        if self.carried == PLAN:
            return False
        return first or self.carried == PROBLEM or self.announced in _TOLD_APART

    def _step(self, sentence: str, mark: int, opens: bool) -> None:
        """Let one sentence change what is being told."""
        concedes = mark & CONCESSION and words.CONCEDES.match(sentence)
        if self._starts_plan(sentence, mark, opens):
            depth = len(self.section or ())
            self.carried, self.held_at = PLAN, depth if self.held_at is None else min(depth, self.held_at)
        elif self.carried == PLAN and self.announced == PROBLEM and words.owns_up(sentence):
            self.carried = PROBLEM  # the next item, behind what will be done about the one before
        elif self.carried == PLAN and self.announced != MIXED and not concedes:
            return
        elif self.announced == PROBLEM:
            self.carried = PROBLEM
        elif mark & HINT and words.says_problem(sentence):
            self.carried = PROBLEM
            self.sober = self.sober or words.turns_sober(sentence)
            self.past_sober = self.past_sober or self.sober
        elif self.announced == MIXED and concedes:
            self.carried = PROBLEM

    def _starts_plan(self, sentence: str, mark: int, opens: bool) -> bool:
        if not self._plans_may_start(opens):
            return False
        if self.carried == PROBLEM and words.resolves(sentence):
            return True
        if self.announced == PLAN and not opens and self.ended and not words.FALLS_SHORT.search(sentence):
            return not words.OPENS_ITEM.match(sentence)
        if not mark & PLAN_MARK:
            return False
        loosely = self.announced != ACHIEVEMENT or self.carried == PROBLEM
        return words.starts_plan(sentence, self.report_year, loosely=loosely)


def _n_shared(one: tuple[Bounds, ...], other: tuple[Bounds, ...]) -> int:
    """Number of headings that two sections have in common."""
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return shared


def _report_year(text: str, entries: Sequence[Draft]) -> int:
    """The year that the report looks back on: of 2013年工作回顾, else the first in its title or first lines."""
    for entry in entries:
        if entry.kind == HEADING and text.find(words.CENTURY, entry.start, entry.end) >= 0:
            year = words.year_looked_back_on(text[entry.start : entry.end])
            if year:
                return year
    for entry in entries[:_YEAR_LINES]:
        if entry.kind == METADATA:
            continue
        match = words.YEAR.search(text, entry.start, min(entry.end, entry.start + 60))
        if match:
            return int(match[1])
    return 0


def _close(text: str, bodies: Sequence[Draft]) -> None:
    """Mark the last words of the report: 特此报告, and the call that ends a speech."""
    for entry in bodies[1:][-_CLOSING_PARAGRAPHS:]:
        if words.CLOSES.match(text, entry.start, entry.end):
            entry.give_role(CLOSING)
    call = text.rfind(_CALL)
    if call < 0 or not bodies:
        return
    position = next((i for i in range(len(bodies) - 1, 0, -1) if bodies[i].start <= call), 0)
    entry = bodies[position]
    if not entry.start <= call < entry.end or entry.role != PLAN:
        return
    above = bodies[position - 1]
    alone = is_address(text, above)
    if alone:
        above.give_role(CLOSING)
    whole = alone or text.startswith(ADDRESSES, entry.start)
    told = zip(entry.sentences, entry.roles, strict=True)
    entry.give_roles([CLOSING if whole or end > call else role for (_, end), role in told])


def _fill_silent(entries: Sequence[Draft]) -> None:
    """Roles that come from the neighbours: of silent headings from below, of the last lines from the end."""
    below = ""
    for entry in reversed(entries):
        if entry.kind == PARAGRAPH:
            below = entry.role
        elif entry.kind == HEADING:
            entry.role = (PROBLEM if entry.role == MIXED else entry.role) or below or ACHIEVEMENT
        elif not below and entry.role != OPENING:
            entry.role = CLOSING
