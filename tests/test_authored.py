"""The authored training text: enough of it, various, and written in the form that it promises."""

import json
from collections import Counter, defaultdict

from conftest import ROOT

from fzclf.segmentation.sentences import sentence_spans

ROWS = [
    json.loads(line)
    for path in sorted((ROOT / "labels" / "authored").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


def paragraphs():
    found = defaultdict(list)
    for row in ROWS:
        found[row["report"], row["paragraph"]].append(row)
    return found


def test_there_is_enough():
    sections = {(row["report"], tuple(row["heading"])) for row in ROWS}
    assert len(ROWS) >= 6000
    assert len(paragraphs()) >= 900
    assert len(sections) >= 250


def test_every_row_is_one_sentence():
    assert [row["text"] for row in ROWS if len(sentence_spans(row["text"])) != 1] == []


def test_paragraphs_split_where_they_are_labelled():
    for rows in paragraphs().values():
        assert len(sentence_spans("".join(row["text"] for row in rows))) == len(rows)


def test_other_is_the_largest_category():
    counts = Counter(row["category"] for row in ROWS)
    assert counts.most_common(1)[0][0] == "other"


def test_near_duplicates_are_rare():
    """Sentences that share more than half of their character 5-grams with another (Jaccard): under 1 %."""
    holders = defaultdict(list)
    sizes, in_pairs = [], set()
    for number, row in enumerate(ROWS):
        grams = {row["text"][i : i + 5] for i in range(len(row["text"]) - 4)}
        sizes.append(len(grams))
        shared = Counter(other for gram in grams for other in holders[gram])
        for gram in grams:
            holders[gram].append(number)
        for other, count in shared.items():
            if count > (len(grams) + sizes[other] - count) / 2:
                in_pairs |= {number, other}
    assert len(in_pairs) < 0.01 * len(ROWS)


def test_openings_are_various():
    """No opening of eight characters stands before more than one sentence in a thousand."""
    openings = Counter(row["text"][:8] for row in ROWS)
    assert openings.most_common(1)[0][1] <= len(ROWS) / 1000


def test_hard_cases_are_covered_from_both_sides():
    """Every rule of the codebook has decided at least 15 sentences, of two categories or more."""
    by_rule = defaultdict(Counter)
    for row in ROWS:
        if "rule" in row:
            by_rule[row["rule"]][row["category"]] += 1
    for rule in range(1, 20):
        assert sum(by_rule[rule].values()) >= 15, rule
        assert len(by_rule[rule]) >= 2, rule
