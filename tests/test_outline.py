"""The outline: which lines are headings, and under which they stand."""

from fzclf.segmentation import read_outline, section_of
from fzclf.segmentation.outline import run_in_heading
from fzclf.segmentation.sentences import sentence_spans

BODY = "县里成立工作专班，统筹推进各项任务落实到位，确保年度目标如期完成。"


def kinds(text):
    return [entry.kind for entry in read_outline(text)]


def test_a_run_in_heading_is_the_section_of_its_own_paragraph():
    text = f"一、工作情况\n（一）加强领导。{BODY}"
    assert section_of(text, read_outline(text)[1]) == ("一、工作情况", "（一）加强领导")


def test_run_in_heading_leaves_out_the_final_mark():
    text = "（一）加强领导。坚持不懈。"
    assert run_in_heading(text, sentence_spans(text)) == (0, 7)


def test_a_sentence_alone_is_no_run_in_heading():
    text = "（一）加强领导。"
    assert run_in_heading(text, sentence_spans(text)) is None


def test_a_badly_written_number_counts_only_in_its_place():
    assert kinds(f"一、甲类工作\n{BODY}\n二，乙类工作\n{BODY}") == ["heading", "paragraph", "heading", "paragraph"]
    right, wrong = read_outline(f"一、甲类工作\n{BODY}\n四，乙类工作已经完成。{BODY}")[-2:]
    assert (right.kind, wrong.kind, len(wrong.section)) == ("paragraph", "paragraph", 1)


def test_paragraphs_of_one_section_share_its_tuple():
    """`segment` and the roles step over a section once, not once a paragraph."""
    entries = read_outline(f"一、甲类工作\n{BODY}\n{BODY}")
    assert entries[1].section is entries[2].section


def test_an_empty_text_has_no_entries():
    assert read_outline("") == read_outline(" \n　") == []


def test_sections_of_a_long_report_take_linear_space():
    text = f"一、甲类工作\n{BODY}\n" * 2000
    assert max(len(entry.section) for entry in read_outline(text)) <= 3
