"""Output cannot act in a spreadsheet and cannot lie on a terminal; JSON is JSON."""

import csv
import io
import itertools
import json
import os
import unicodedata
from contextlib import suppress

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fzclf
from fzclf.cli import main
from fzclf.outputs import FORMATS, csv_header, csv_rows, harmless_cell, jsonl

posix = pytest.mark.skipif(os.name == "nt", reason="no such names of files")

# --- spreadsheets ---------------------------------------------------------------------------

HIDDEN = [*" \u00a0\u3000\ufeff\u200b\u2060\u00ad\u202e\u2003\x00\x0b", "", " \u200d "]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", *"＝＋－＠﹢﹣﹦﹫⁺⁼", "\t=1", "\r=1", "\n=1"]
PAYLOADS = [hidden + formula for hidden, formula in itertools.product(HIDDEN, FORMULAS)]


def first_shown(cell):
    shown = (char for char in cell if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", next(shown, ""))[:1]


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_no_cell_begins_a_formula_and_the_mark_comes_off(payload):
    cell = harmless_cell(payload)
    assert first_shown(cell) not in "=+-@"
    assert cell == "'" + payload


@pytest.mark.parametrize("place", ["text", "file", "category"])
def test_every_column_is_guarded_unless_raw(toy_model, place):
    from dataclasses import replace

    evil = "=HYPERLINK(1)"
    model = replace(toy_model, categories=(evil, "other"), names={evil: evil, "other": "其他"})
    text = f"{evil if place == 'text' else ''}检查执法。"
    source = evil if place == "file" else "a"
    for raw, expected in ((False, "'" + evil), (True, evil)):
        lines = csv_header() + csv_rows(fzclf.classify(text, model=model), source, "sentence", raw=raw)
        (row,) = csv.DictReader(io.StringIO(lines))
        assert row[place].startswith(expected)


def test_the_switch_is_in_the_help(capsys):
    with suppress(SystemExit):
        main(["classify", "--help"])
    assert "--raw-csv" in capsys.readouterr().out


def test_no_output_is_a_web_page():
    """Where one comes, it needs escapes, a Content-Security-Policy and tests of both; today there is none."""
    assert FORMATS == ("table", "jsonl", "csv")
    for path in [ROOT / "fzclf" / "outputs.py", ROOT / "fzclf" / "report.py", *(ROOT / "fzclf" / "cli").glob("*.py")]:
        assert "<html" not in path.read_text("utf-8").lower()


# --- JSON and terminals ---------------------------------------------------------------------

PIECES = [*"法治。，\n\r\x00\x1b\x7f\x85\x9b\u2028\u2029\u202e\ud800\udfff\U000e0041", "一、", "（一）执法。", "1."]
# Pieces, not an alphabet: hypothesis draws few surrogates from one (1 text of 200 had any).
NASTY_TEXT = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=())).map("".join)


def as_json_reads_it(text):
    """JSON has UTF-16's escapes: a high and a low surrogate in a row are one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(NASTY_TEXT)
def test_json_is_valid_for_any_text_and_a_line_is_a_line(text):
    report = fzclf.segment(text)
    back = json.loads(report.to_json().encode("utf-8"))
    assert [block["text"] for block in back["blocks"]] == [as_json_reads_it(block.text) for block in report.blocks]
    lines = jsonl(report, "\ud800\u2028", "sentence")
    assert len(lines.splitlines()) == sum(len(paragraph.sentences) for paragraph in report)
    assert not any(0x7F <= ord(char) < 0xA0 or (ord(char) < 32 and char != "\n") for char in lines)


def spoofs(text):
    """Characters that move a cursor, turn the direction of writing, or are not shown."""
    return [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


EVIL_NAME = "a\x1b[2J\u202e\u2066\r\x9b31m.txt"
EVIL_TEXT = "一、检查\x1b]0;x\x07\u202e工作\n\x1b[31m检查\u2066执法\x9b2J。\u200f\x08\x08办理复议\x85案件。\n"


@posix
@pytest.mark.parametrize(
    "verb", [["classify"], ["segment", "--level", "sentence"], ["explain", "--top", "9"]], ids=lambda v: v[0]
)
def test_control_and_direction_characters_cannot_spoof_a_terminal(tmp_path, capsys, monkeypatch, verb):
    """Even those that the reader would refuse."""
    monkeypatch.setattr("fzclf.cli.inputs.Input.read", lambda *_: (EVIL_TEXT, ("a note \x1b[2J",)))
    (tmp_path / EVIL_NAME).write_text("x", "utf-8")
    assert main([verb[0], str(tmp_path / EVIL_NAME), *verb[1:]]) == 0
    shown = capsys.readouterr()
    assert "检查" in shown.out
    assert spoofs(shown.out + shown.err) == []


@posix
def test_names_in_errors_and_notes_cannot_spoof_a_terminal(tmp_path, capsys):
    (tmp_path / EVIL_NAME).write_text("", "utf-8")
    paths = [tmp_path / EVIL_NAME, tmp_path / ("missing" + EVIL_NAME), tmp_path / "\udcff\x1b"]
    assert main(["classify", *map(str, paths)]) == 1
    assert main(["classify", str(paths[0]), "--model", str(paths[1])]) == 1
    assert main(["classify", str(paths[0]), "-o", str(paths[1] / "x")]) == 1
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 5
    assert spoofs(shown.out + shown.err) == []
