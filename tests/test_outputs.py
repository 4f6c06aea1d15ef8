"""Tables, CSV and JSON lines."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fzclf
from fzclf import outputs
from fzclf.outputs import CSV_COLUMNS, csv_header, csv_rows, fitted, harmless_cell, jsonl, table, visible, width_of

TEXT = "一、规范执法\n开展执法检查。办理案件3件。\n"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", " =1", "\u3000@x", "\ufeff=1", "\u200b=1"]
)
def test_a_formula_is_made_harmless(cell):
    assert harmless_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "一、=", "3件", "a=b"])
def test_other_cells_stay(cell):
    assert harmless_cell(cell) == cell


def test_raw_csv_leaves_formulas(toy_model):
    report = fzclf.classify("=检查执法。", model=toy_model)
    assert ",=检查执法。" in csv_rows(report, "a", "sentence", raw=True)
    assert ",'=检查执法。" in csv_rows(report, "a", "sentence")


def test_csv_reads_back(toy_model):
    report = fzclf.classify(TEXT, model=toy_model)
    rows = list(csv.DictReader(io.StringIO(csv_header() + csv_rows(report, "a.txt", "sentence"))))
    assert [row["text"] for row in rows] == ["开展执法检查。", "办理案件3件。"]
    assert rows[0]["category"] == "enforcement"
    assert tuple(rows[0]) == CSV_COLUMNS


def test_a_carriage_return_inside_a_cell_ends_no_row():
    """Python's writer leaves it unquoted, readers end the row there, and what follows could be a formula."""
    report = fzclf.segment("\r".join(["推进依法行政完善决策程序规范行政执法化解矛盾"] * 6) + "。")
    (row,) = csv.reader(io.StringIO(csv_rows(report, "a", "paragraph"), newline=""))
    assert row[-1] == report.text


def test_json_lines_have_offsets(toy_model):
    (line,) = jsonl(fzclf.classify(TEXT, model=toy_model), "a.txt", "paragraph").splitlines()
    row = json.loads(line)
    assert TEXT[row["start"] : row["end"]] == row["text"]


def test_segments_have_no_category_column_filled():
    rows = list(csv.DictReader(io.StringIO(csv_header() + csv_rows(fzclf.segment(TEXT), "a", "paragraph"))))
    assert rows[0]["category"] == ""


def test_whole_segments_have_a_row_for_every_block():
    text = f"某县2022年法治政府建设报告\n来源：某县司法局\n{TEXT}"
    rows = [json.loads(line) for line in jsonl(fzclf.segment(text), "a", "sentence", whole=True).splitlines()]
    assert [(row["kind"], row.get("level"), row.get("paragraph"), row.get("sentence")) for row in rows] == [
        ("title", None, None, None),
        ("metadata", None, None, None),
        ("heading", 1, None, None),
        ("paragraph", None, 1, 1),
        ("paragraph", None, 1, 2),
    ]
    assert [text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]


def test_kinds_stand_in_the_table_too():
    rows = csv.DictReader(io.StringIO(csv_header() + csv_rows(fzclf.segment(TEXT), "a", "paragraph", whole=True)))
    assert [(row["kind"], row["level"], row["text"]) for row in rows] == [
        ("heading", "1", "一、规范执法"),
        ("paragraph", "", "开展执法检查。办理案件3件。"),
    ]


def test_chinese_takes_two_columns():
    assert width_of("法a") == 3


def test_text_is_cut_to_its_columns():
    assert fitted("一二三四", 5) == "一二…"
    assert fitted("ab", 5) == "ab   "


def test_control_and_direction_characters_are_shown_as_dots():
    assert visible("a\x1b[31m\u202eb\nc") == "a·[31m·b·c"


@given(st.text(st.characters(exclude_categories=[])), st.integers(2, 40))
def test_fitted_text_has_exactly_its_width(text, columns):
    assert width_of(fitted(text, columns)) == columns


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_a_table_never_moves_the_cursor(text):
    shown = table(fzclf.segment(text), text, "sentence")
    assert all(char == "\n" or ord(char) >= 32 for char in shown)


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=6), min_size=2, max_size=4))
@example(['a"b', ",", "\r", "\n", "", " "])
def test_a_line_of_csv_is_what_the_standard_library_writes(cells):
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    assert outputs._csv_line(cells, str) == line.getvalue()[:-2] + "\n"


def test_a_nul_is_written_as_it_is():
    assert outputs._csv_line(["a\0b", "c"], str) == "a\0b,c\n"
