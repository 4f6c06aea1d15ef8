"""Targets that take what people write for training: label files, codebooks, user dictionaries."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np

from fuzz.choices import Choices
from fuzz.pieces import damaged, text_of
from fuzz.target import Target, decoded, encoded
from fzclf import FzclfError, cutting, lexicon, reference
from fzclf.codes import code_points
from fzclf.codes import text_of as text_of_codes
from fzclf.errors import LabelError
from fzclf.training.codebook import load_codebook
from fzclf.training.labels import load_labels

ROOT = Path(__file__).resolve().parent.parent
_KEYS = (
    "text",
    "category",
    "report",
    "start",
    "end",
    "role",
    "heading",
    "paragraph",
    "file",
    "",
    "text ",
    "其他",
    "__class__",
)
_CATEGORIES = ("enforcement", "legal_publicity", "other", "dispute_resolution", "enforcment", "", "Other", "行政执法")
_REPORTS = (
    "wuda-2022",
    "甲",
    "",
    "..",
    "../seeds/wuda-2022",
    "a/b",
    "a\x00b",
    "x" * 300,
    "wuda-2022.txt",
    "\ud800",
    ".",
)
_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 10**30, 1.5, float("nan"), float("inf"), "",
    " ", [], [[]], {}, {"a": 1}, [1], ["甲", ""], ["甲", "乙"],
)  # fmt: skip
_JSON_TOKENS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b":",
    b",",
    b"null",
    b"1e999",
    b"NaN",
    b"\\ud800",
    b"\\u0000",
    b"\n",
    b"[" * 3000,
    b"9" * 5000,
)
_TOML_TOKENS = (
    b"[[category]]",
    b"[category]",
    b'"""',
    b"=",
    b"other",
    b"id = 1",
    b"seed_terms = []",
    b"\n",
    b"[",
    b"]",
    b"#",
    b"'",
    b"1979-05-27",
)


# --- labels and codebooks -------------------------------------------------------------------


def _value(choices: Choices, key: str) -> Any:
    way = choices.below(16)
    if way == 15:
        return choices.pick(_ODD_VALUES)
    if key in ("start", "end"):
        return choices.below(65536)
    if key == "category":
        return choices.pick(_CATEGORIES[: None if way == 14 else 4])
    if key in ("report", "file"):
        return choices.pick(_REPORTS[: None if way > 12 else 2])
    if key == "role":
        return choices.pick(("achievement", "plan", "problem", "", "x"))
    return text_of(Choices(bytes(choices.below(256) for _ in range(1 + choices.below(12)))))


def _label_file(choices: Choices) -> bytes:
    """The first byte chooses between JSON lines and CSV."""
    is_csv = choices.once_in(3)
    rows = []
    for _ in range(1 + choices.below(12)):
        keys = choices.pick((_KEYS[:2], _KEYS[:2], _KEYS[1:6], _KEYS[:8], _KEYS))
        rows.append({key: _value(choices, key) for key in keys if not choices.once_in(64)})
    if is_csv:
        columns = list(dict.fromkeys(key for row in rows for key in row))
        lines = [columns, *([str(row.get(key, "")) for key in columns] for row in rows)]
        quote = choices.pick(('"{}"', "{}"))
        content = "\n".join(",".join(quote.format(cell.replace('"', '""')) for cell in line) for line in lines)
    else:
        plain = choices.once_in(2)
        content = "\n".join(json.dumps(row, ensure_ascii=plain) for row in rows)
    return bytes([is_csv]) + damaged(choices, encoded(content), _JSON_TOKENS, choices.pick((0, 0, 4)))


def _check_labels(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("标.csv" if data[:1] == b"\x01" else "标.jsonl")
        path.write_bytes(data[1:])
        reports, sha256 = load_labels([path], _codebook(), ROOT / "seeds")
    assert reports
    assert len(sha256) == 64
    for report in reports:
        for passage in report.passages:
            for start, end in passage.sentences:
                assert 0 <= start < end <= len(report.text)


@cache
def _codebook() -> Any:
    return load_codebook()


def _codebook_file(choices: Choices) -> bytes:
    return damaged(choices, (ROOT / "labels" / "categories.toml").read_bytes(), _TOML_TOKENS, 3)


def _check_codebook(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "categories.toml"
        path.write_bytes(data)
        codebook = load_codebook(path)
    assert codebook.other in codebook.ids
    assert all(isinstance(value, str) for value in (*codebook.ids, *codebook.names.values()))


# --- user dictionaries ----------------------------------------------------------------------

_SMALL = (
    "推进 200 v",
    "依法 90 d",
    "行政 300 n",
    "依法行政 50 n",
    "法治 100 n",
    "政府 500 n",
    "法治政府 9 n",
    "建设 400 v",
    "的 9000 u",
)
_LINES = (
    "依法行政考评",
    "法治建设",
    "行政",
    "推进 0",
    "法治政府建设 3 n",
    "的",
    "a b 3",
    "x 99999999999999999999",
    " 5",
    "5",
    "\ufeff",
    "  ",
)


def _dictionary(choices: Choices) -> bytes:
    """Lines of a user dictionary, an empty line, and a text to cut with it."""
    lines = []
    for _ in range(1 + choices.below(6)):
        word = (
            choices.pick(_LINES)
            if choices.once_in(2)
            else text_of(Choices(bytes(choices.below(256) for _ in range(6))), 12)
        )
        frequency = choices.pick(
            ("", "", " 3", " 0", " 100000", " -1", " 1.5", " " + "9" * 400, " " + "9" * 5000, " n", " 3 n", " 3 n x")
        )
        lines.append(word + frequency)
    return encoded("\x00".join(lines) + "\x00\x00" + text_of(choices, 300))


def _check_dictionary(data: bytes) -> None:
    """The compiled lexicon cuts as jieba does with the same dictionary, or a line is refused."""
    lines, _, text = decoded(data).partition("\x00\x00")
    words = tuple(lines.split("\x00"))
    try:
        tokenizer = _tokenizer(words)
        built = _built(words, tokenizer)
    except ValueError as error:
        if "user_words[" in str(error):
            return
        raise
    codes = code_points(text)
    ends, _ = cutting.cut_text(codes, np.array([0, len(codes)]), built, cutting.Workspace())
    found = [text_of_codes(codes[start:end]) for start, end in zip([0, *ends.tolist()], ends.tolist(), strict=False)]
    assert found == tokenizer.lcut(text), "differs from jieba"


def _tokenizer(words: tuple[str, ...]) -> Any:
    """As `reference.tokenizer_for`, on a dictionary of nine words: the whole one takes a second to compile."""
    with patch.object(reference, "tokenizer_for", _small_tokenizer):
        return _make_tokenizer(words)


_make_tokenizer = reference.tokenizer_for.__wrapped__


@cache
def _small_tokenizer() -> Any:
    small = reference._isolated_tokenizer()
    small.FREQ, small.total, small.initialized = {}, 0, True
    small.load_userdict(list(_SMALL))
    return small


def _built(words: tuple[str, ...], tokenizer: Any) -> lexicon.Lexicon:
    with (
        patch.object(lexicon, "tokenizer_for", lambda _words: tokenizer),
        patch.object(lexicon, "_lower_case", _lower_case),
    ):
        return lexicon.build_lexicon(words)


_lower_case = cache(lexicon._lower_case)

TARGETS = (
    Target("labels", _label_file, _check_labels, (FzclfError,)),
    Target("codebook", _codebook_file, _check_codebook, (LabelError,)),
    Target("dictionary", _dictionary, _check_dictionary, (FzclfError,)),
)
