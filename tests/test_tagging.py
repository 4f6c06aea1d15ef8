"""`classify`: categories, their derivation for paragraphs, evidence that adds up."""

import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzclf
from fzclf.tagging import classify, classify_many

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=300)
REPORTISH = st.lists(
    st.sampled_from(
        ["一、", "（一）", "规范执法", "普法", "。", "；", "\n", "“", "》", "2022年", " ", "（", "）", "一是"]
    ),
    max_size=60,
).map("".join)


def test_a_sentence_gets_the_category_with_the_highest_score(toy_model):
    sentence = classify("到企业检查执法情况。", model=toy_model).paragraphs[0].sentences[0]
    assert sentence.category == "enforcement"
    assert sentence.score == 3.25


def test_the_widest_category_is_the_paragraphs(toy_model):
    paragraph = classify("执法。今天天气比昨天的天气好。", model=toy_model).paragraphs[0]
    assert paragraph.category == "other"
    assert paragraph.categories == ("other", "enforcement")


def test_a_tie_goes_to_the_heading(toy_model):
    """Both sentences have four characters; the heading speaks of enforcement."""
    report = classify("一、检查执法\n好天气。去执法。", model=toy_model)
    assert report.paragraphs[0].category == "enforcement"


def test_a_tie_without_heading_goes_to_the_first(toy_model):
    assert classify("好天气。去执法。", model=toy_model).paragraphs[0].category == "other"


def test_probabilities_of_a_paragraph_are_the_mean_by_length(toy_model):
    paragraph = classify("执法检查。天气。", model=toy_model).paragraphs[0]
    first, second = paragraph.sentences
    expected = (5 * first.probabilities["other"] + 3 * second.probabilities["other"]) / 8
    assert paragraph.probabilities["other"] == pytest.approx(expected)
    assert sum(paragraph.probabilities.values()) == pytest.approx(1)


def test_unclear_text_is_for_a_person(toy_model):
    assert classify("你好吗。", model=toy_model).paragraphs[0].review == "low_margin"


def test_clear_text_is_not(toy_model):
    assert classify("检查执法。", model=toy_model).paragraphs[0].review is None


def test_a_weak_answer_in_a_foreign_text_is_other(toy_model):
    """Scores 0.75 and 0.5: clear enough in a report, chance in a text whose words are foreign."""
    from dataclasses import replace

    text = "一、执法\n你好吗，今天我们一起去看了一场电影，真好看，明天还想再去。"
    assert classify(text, model=toy_model).paragraphs[0].category == "enforcement"
    strict = replace(toy_model, review=replace(toy_model.review, known_share_text=0.9))
    paragraph = classify(text, model=strict).paragraphs[0]
    assert (paragraph.category, paragraph.review) == ("other", "unknown_words")


def test_text_without_chinese_is_too_short_to_judge(toy_model):
    assert classify("Hello world.", model=toy_model).paragraphs[0].review == "too_short"


def test_evidence_points_at_the_words(toy_model):
    report = classify("检查执法。", model=toy_model)
    sentence = report.paragraphs[0].sentences[0]
    assert [(report.text[start:end], weight) for start, end, weight in sentence.evidence] == [
        ("检查", 1.0),
        ("执法", 2.0),
    ]


def test_a_word_twice_shares_its_weight(toy_model):
    report = classify("执法执法。", model=toy_model)
    assert report.paragraphs[0].sentences[0].evidence == [(0, 2, 2.0), (2, 4, 2.0)]


def test_evidence_in_the_heading_points_at_the_heading(toy_model):
    report = classify("一、执法\n检查了很多地方，发现的问题都已经改好了，情况不错。", model=toy_model)
    assert (2, 4, 0.5) in report.paragraphs[0].sentences[0].evidence


def test_evidence_and_bias_add_up_to_the_score_on_all_seeds(seed_texts):
    """The largest gap over all sentences of the five reports; float64 sums in another order."""
    for text in seed_texts.values():
        for paragraph in classify(text):
            for sentence in paragraph.sentences:
                total = math.fsum([sentence.bias, *(weight for _, _, weight in sentence.evidence)])
                assert total == pytest.approx(sentence.score, abs=1e-9)


def test_evidence_lies_inside_the_report(seed_texts):
    text = seed_texts["wuda-2022"]
    for paragraph in classify(text):
        for sentence in paragraph.sentences:
            assert all(0 <= start <= end <= len(text) for start, end, _ in sentence.evidence)


def test_a_report_survives_pickling_with_its_evidence(seed_texts):
    report = classify(seed_texts["wuda-2022"])
    copy = pickle.loads(pickle.dumps(report))
    assert copy.to_dict() == report.to_dict()
    assert copy.paragraphs[0].sentences[0].evidence == report.paragraphs[0].sentences[0].evidence


def test_many_reports_come_in_order(seed_texts):
    texts = list(seed_texts.values())
    assert [report.text for report in classify_many(texts, n_jobs=2)] == texts


def test_many_reports_are_read_lazily(toy_model):
    taken = []

    def texts():
        for number in range(100):
            taken.append(number)
            yield "执法。"

    next(iter(classify_many(texts(), model=toy_model)))
    assert len(taken) == 1


def test_threads_give_the_same_tags(seed_texts):
    texts = list(seed_texts.values()) * 2
    alone = [report.to_dict() for report in classify_many(texts)]
    assert [report.to_dict() for report in classify_many(texts, n_jobs=2)] == alone


def test_one_string_is_not_many():
    with pytest.raises(TypeError, match="one string"):
        classify_many("执法。")


def test_no_jobs_are_refused():
    with pytest.raises(ValueError, match="n_jobs must be 1 or more, not 0"):
        classify_many([], n_jobs=0)


def test_bytes_are_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"str, not bytes; decode it with fzclf\.read"):
        classify(b"abc")


def test_something_else_than_a_model_is_refused():
    with pytest.raises(TypeError, match="load_model"):
        classify("执法。", model="models/default")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u3000",
        "一、执法\n二、普法",
        "没有标题的一句话。",
        "执" * 100_000,
        "一。\r\n二。\r\n",
        "\ufeff执法。",
        "\0",
        "\ud800执法。",
    ],
    ids=["empty", "blank", "only headings", "no headings", "100 kB line", "CRLF", "BOM", "NUL", "lone surrogate"],
)
def test_odd_text_gets_an_answer(text):
    assert fzclf.classify(text).to_json()


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT | REPORTISH)
def test_any_string_is_tagged_and_tiled(text):
    report = classify(text)
    position = 0
    for block in report.blocks:
        assert not text[position : block.start].strip()
        assert text[block.start : block.end] == block.text
        position = block.end
    assert not text[position:].strip()
    for paragraph in report:
        assert paragraph.category in paragraph.categories
        assert sum(paragraph.probabilities.values()) == pytest.approx(1)
