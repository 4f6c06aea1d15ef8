"""Each seed saved in every format gives the same outline as its text."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import documents
import pytest

from fzclf.reading import read
from fzclf.tagging import classify

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
FORMATS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "docx": ("lxml", documents.report_as_docx),
    "html": ("selectolax", documents.report_as_page),
    "html-gb2312": ("selectolax", lambda text: documents.report_as_page(text, "gb2312")),
    "pdf": ("pypdfium2", documents.report_as_pdf),
    "gb18030": ("codecs", lambda text: text.encode("gb18030")),
    "utf-16": ("codecs", lambda text: text.encode("utf-16")),
}


def units(text: str) -> list[tuple[str, int, str, str]]:
    """Kind, level, words and category of every block; white space and the marks around table cells set aside."""
    return [
        (
            block.kind,
            block.level,
            "".join(block.text.replace("---", "").split()).strip("|"),
            getattr(block, "category", ""),
        )
        for block in classify(text).blocks
    ]


def agreement(text: str, other: str) -> tuple[int, int]:
    """How many units are the same, in order, and how many there are in the text with more of them."""
    one, two = units(text), units(other)
    matches = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return sum(match.size for match in matches), max(len(one), len(two))


@pytest.mark.parametrize("name", FORMATS)
def test_at_least_98_percent_of_units_come_back(name: str, tmp_path: Path) -> None:
    library, save = FORMATS[name]
    pytest.importorskip(library, reason="needs fzclf[office]")
    same = total = 0
    for seed in SEEDS:
        text = read(seed)
        path = tmp_path / seed.stem
        path.write_bytes(save(text))
        n_same, n_units = agreement(text, read(path))
        same, total = same + n_same, total + n_units
    assert total >= 120
    assert same / total >= 0.98, f"{same} of {total} units"


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_word_text_is_that_of_the_seed(seed: Path) -> None:
    pytest.importorskip("lxml", reason="needs fzclf[docx]")
    text = read(seed)
    assert read(documents.report_as_docx(text)).splitlines() == text.splitlines()
