"""Reports as objects, dicts, JSON and tables."""

import json
import pickle

import pytest

import fzclf
from fzclf.report import dump_json

TEXT = "某县2022年法治政府建设报告\n\n一、主要举措\n开展执法检查。办理案件3件。\n"


def test_iterating_yields_paragraphs():
    report = fzclf.segment(TEXT)
    assert [paragraph.text for paragraph in report] == ["开展执法检查。办理案件3件。"]
    assert len(report) == 1


def test_headings_and_title():
    report = fzclf.segment(TEXT)
    assert [heading.text for heading in report.headings] == ["一、主要举措"]
    assert report.title == "某县2022年法治政府建设报告"


def test_a_title_over_two_lines_is_joined():
    assert (
        fzclf.segment("某县人民政府关于\n2022年法治政府建设情况的报告\n\n今年工作很好。").title
        == "某县人民政府关于2022年法治政府建设情况的报告"
    )


def test_to_dict_has_every_block():
    found = fzclf.segment(TEXT).to_dict()
    assert [block["kind"] for block in found["blocks"]] == ["title", "heading", "paragraph"]
    assert found["blocks"][2]["sentences"][1] == {
        "start": 31, "end": 38, "text": "办理案件3件。", "role": "achievement", "item": None,
    }  # fmt: skip


def test_a_report_survives_pickling():
    report = fzclf.segment(TEXT)
    assert pickle.loads(pickle.dumps(report)).to_dict() == report.to_dict()


def test_sentences_are_made_once():
    paragraph = fzclf.segment(TEXT).paragraphs[0]
    assert paragraph.sentences[0] is paragraph.sentences[0]


def test_json_reads_back():
    report = fzclf.segment(TEXT)
    assert json.loads(report.to_json()) == report.to_dict()


def test_json_of_a_lone_surrogate_is_valid_utf8():
    assert json.loads(dump_json({"a": "\ud800法"}).encode("utf-8")) == {"a": "\ud800法"}


def test_frame_has_a_row_for_each_sentence():
    pytest.importorskip("pandas")
    frame = fzclf.classify(TEXT).to_frame()
    assert frame["text"].tolist() == ["开展执法检查。", "办理案件3件。"]
    assert frame[["paragraph", "sentence"]].to_numpy().tolist() == [[1, 1], [1, 2]]
    assert {"category", "probability", "section"} <= set(frame.columns)


def test_frame_without_pandas_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(fzclf.MissingExtraError, match=r"fzclf\[frame\]"):
        fzclf.segment(TEXT).to_frame()


def test_repr_is_short():
    assert repr(fzclf.segment(TEXT).paragraphs[0]) == "<Paragraph 24:38 '开展执法检查。办理案件3件。'>"


def test_shares_add_up_to_one():
    assert sum(fzclf.classify(TEXT).shares.values()) == pytest.approx(1)
