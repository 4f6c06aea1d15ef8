"""Label files: what is read, and how each broken row is named."""

import json
import os

import pytest
from conftest import ROOT, SEED_NAMES

from fzclf.errors import LabelError
from fzclf.segmentation import segment
from fzclf.training.codebook import load_codebook
from fzclf.training.labels import load_labels

CODEBOOK = load_codebook()


def jsonl(tmp_path, *rows, name="mine.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def load(*paths, reports=None):
    return load_labels(list(paths), CODEBOOK, reports)[0]


def labels_of(path):
    return [pair for report in load(path) for pair in report.labels()]


def test_text_and_category_are_enough(tmp_path):
    path = jsonl(tmp_path, {"text": "开展执法检查。", "category": "enforcement"})
    assert labels_of(path) == [("开展执法检查。", "enforcement")]


def test_csv_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('text,category,heading\n"一,二。",other,一、标题\n', "utf-8-sig")
    assert labels_of(path) == [("一,二。", "other")]


def test_csv_in_gb18030_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    rows = "text,category\n" + "今年以来全县各级执法部门开展专项检查和案卷评查工作。,enforcement\n" * 3
    path.write_bytes(rows.encode("gb18030"))
    assert len(labels_of(path)) == 3


def test_corrected_output_of_classify_can_be_trained_on(tmp_path):
    import fzclf
    from fzclf.outputs import csv_header, csv_rows

    path = tmp_path / "corrected.csv"
    tagged = fzclf.classify("一、规范执法\n开展执法检查。办理案件3件。")
    path.write_text(csv_header() + csv_rows(tagged, "甲.txt", "sentence"), "utf-8")
    (report,) = load(path)
    assert report.name == "甲.txt"
    assert [text for text, _ in report.labels()] == ["开展执法检查。", "办理案件3件。"]


def test_an_empty_csv_text_is_named(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,category\n,other\n", "utf-8")
    with pytest.raises(LabelError, match="text must be a string with words in it"):
        load(path)


def test_rows_of_one_paragraph_are_neighbours(tmp_path):
    rows = [{"text": text, "category": "other", "report": "r", "paragraph": 1} for text in ("一。", "二。")]
    (report,) = load(jsonl(tmp_path, *rows))
    assert [len(passage.sentences) for passage in report.passages] == [2]


def test_rows_without_paragraph_stand_alone(tmp_path):
    rows = [{"text": text, "category": "other", "report": "r"} for text in ("一。", "二。")]
    (report,) = load(jsonl(tmp_path, *rows))
    assert [len(passage.sentences) for passage in report.passages] == [1, 1]


def test_headings_are_above_their_sentences(tmp_path):
    (report,) = load(jsonl(tmp_path, {"text": "一。", "category": "other", "heading": ["一、外", "（一）内"]}))
    assert [report.text[start:end] for start, end in report.passages[0].section] == ["一、外", "（一）内"]


def test_a_run_in_heading_is_found_as_in_a_report(tmp_path):
    rows = [{"text": text, "category": "other", "paragraph": 1} for text in ("（一）加强领导。", "召开会议。")]
    (report,) = load(jsonl(tmp_path, *rows))
    assert [report.text[start:end] for start, end in report.passages[0].section] == ["（一）加强领导"]


@pytest.mark.parametrize("name", SEED_NAMES)
def test_every_sentence_of_every_seed_is_labelled(name, seed_texts):
    (report,) = load(ROOT / "labels" / "seeds" / f"{name}.jsonl")
    sentences = [sentence.text for paragraph in segment(seed_texts[name]) for sentence in paragraph.sentences]
    assert [text for text, _ in report.labels()] == sentences


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"text": "一。", "category": "enforcment"},
            "unknown category 'enforcment'; known: decision_making, enforcement",
        ),
        ({"text": "一。"}, "unknown category None"),
        ({"text": " ", "category": "other"}, "text must be a string with words"),
        ({"text": 5, "category": "other"}, "text must be a string with words in it, not 5"),
        ({"text": "一。", "category": "other", "role": "goal"}, "unknown role 'goal'; known: opening"),
        ({"text": "一。", "category": "other", "heading": 3}, "heading must be a string"),
        ({"report": "wuda-2022", "start": 1.5, "end": 2, "category": "other"}, "start must be a whole number, not 1.5"),
        ({"report": "wuda-2022", "start": 5, "end": 5, "category": "other"}, r"5:5 lies outside of report 'wuda-2022'"),
        ({"report": "wuda-2022", "start": 0, "end": 99999, "category": "other"}, r"0:99999 lies outside"),
        (
            {"report": "wuda-2022", "start": 40, "end": 44, "category": "other"},
            "40:44 is no sentence of report 'wuda-2022'; the nearest is",
        ),
        ({"report": "nowhere-1999", "start": 0, "end": 4, "category": "other"}, "unknown report 'nowhere-1999'"),
        ({"report": "../wuda-2022", "start": 0, "end": 4, "category": "other"}, "cannot be the name of a report"),
    ],
)
def test_a_broken_row_is_named_with_file_and_line(tmp_path, row, message):
    path = jsonl(tmp_path, row)
    with pytest.raises(LabelError, match=message) as caught:
        load(path, reports=ROOT / "seeds")
    assert str(caught.value).startswith(f"{path}:1: ")


def test_an_unknown_report_lists_the_known_ones(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "known.txt").write_text("一。", "utf-8")
    with pytest.raises(LabelError, match="known: known"):
        load(jsonl(tmp_path, {"report": "x", "start": 0, "end": 1, "category": "other"}))


def test_a_sentence_labelled_twice_is_refused(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "r.txt").write_text("一二三。", "utf-8")
    row = {"report": "r", "start": 0, "end": 4, "category": "other"}
    with pytest.raises(LabelError, match=r":2: 0:4 of report 'r' is labelled twice"):
        load(jsonl(tmp_path, row, row))


def test_broken_json_names_the_line(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "一。", "category": "other"}\n{"text"\n', "utf-8")
    with pytest.raises(LabelError, match=r"mine\.jsonl:2: not valid JSON"):
        load(path)


def test_a_csv_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(LabelError, match="needs 'text' and 'category'"):
        load(path)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(LabelError, match="no such file or folder"):
        load(tmp_path / "nowhere")


def test_an_empty_folder_has_no_labels(tmp_path):
    with pytest.raises(LabelError, match="no labelled rows"):
        load(tmp_path)


def test_the_hash_changes_with_a_label(tmp_path):
    one = jsonl(tmp_path, {"text": "一。", "category": "other"})
    first = load_labels([one], CODEBOOK)[1]
    jsonl(tmp_path, {"text": "一。", "category": "oversight"})
    assert load_labels([one], CODEBOOK)[1] != first


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_for_a_label_file_never_blocks(tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(LabelError, match="pipe.jsonl: a named pipe"):
        load(tmp_path)


def test_a_folder_with_the_name_of_a_label_file_is_looked_into(tmp_path):
    (tmp_path / "a.jsonl").mkdir()
    jsonl(tmp_path / "a.jsonl", {"text": "一。", "category": "other"})
    assert labels_of(tmp_path) == [("一。", "other")]


def test_a_message_shows_the_beginning_of_a_long_value(tmp_path):
    path = jsonl(tmp_path, {"text": "一。", "category": "长" * 10_000})
    with pytest.raises(LabelError, match="unknown category '长") as caught:
        load(path)
    assert len(str(caught.value)) < 500


def test_a_report_that_no_file_can_be_named_after(tmp_path):
    with pytest.raises(LabelError, match="cannot be the name of a report"):
        load(jsonl(tmp_path, {"report": "长" * 100, "start": 0, "end": 1, "category": "other"}))
