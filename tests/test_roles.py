"""What headings announce and sentences say."""

import pytest

from fzclf import classify
from fzclf.segmentation import read_outline
from fzclf.segmentation.role_words import MIXED, heading_role, says_problem, starts_plan, year_looked_back_on


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("二、存在的问题", "problem"),
        ("三、存在的不足和原因", "problem"),
        ("（二）问题与短板", "problem"),
        ("三、困难和挑战", "problem"),
        ("不足之处", "problem"),
        ("四、下一步打算", "plan"),
        ("四、下步工作", "plan"),
        ("三、2023年工作安排", "plan"),
        ("二、努力方向", "plan"),
        ("三、今后五年的目标任务", "plan"),
        ("二、对今年政府工作的建议", "plan"),
        ("下一年度主要安排", "plan"),
        ("三、改进措施", "plan"),
        ("展望", "plan"),
        ("三、存在问题及下一步打算", MIXED),
        ("二、存在的不足和改进措施", MIXED),
        ("存在的困难问题和2023年工作计划", MIXED),
        ("一、2022年工作回顾", "achievement"),
        ("一、主要举措和成效", "achievement"),
        ("党政主要负责人履行第一责任人职责情况", "achievement"),
        ("今年以来工作开展情况", "achievement"),
        ("五、需要报告的其他事项", "achievement"),
        ("督察反馈问题整改情况", "achievement"),
        ("年度计划落实情况", "achievement"),
        ("一、加强组织领导", None),
        ("坚持问题导向", None),
        ("着力解决突出问题", None),
        ("落实普法计划", None),
        ("帮扶困难群众", None),
        ("制定年度工作计划", None),
    ],
)
def test_heading_role(heading, role):
    assert heading_role(heading, 2022)[0] == role


def test_the_year_after_the_report_is_a_plan_and_the_year_of_the_report_is_not():
    assert heading_role("2023年主要工作", 2022) == ("plan", True)
    assert heading_role("2022年主要工作", 2022) == ("achievement", False)


@pytest.mark.parametrize(
    "sentence",
    [
        "但还存在一些问题。",
        "我们也清醒地认识到，发展不充分。",
        "同时，执法力量仍存在不足。",
        "问题主要表现在三个方面。",
        "还面临不少困难和挑战。",
    ],
)
def test_says_problem(sentence):
    assert says_problem(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["解决了一批突出问题。", "帮助困难群众三百人。", "坚持问题导向。", "发现并整改问题四十个。", "成效明显。"],
)
def test_says_no_problem(sentence):
    assert not says_problem(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "下一步，我局将加强培训。",
        "今后要持续用力。",
        "2023年，全县将抓好三件事。",
        "我局将继续努力。",
        "针对以上问题，我们将改进。",
    ],
)
def test_starts_plan(sentence):
    assert starts_plan(sentence, 2022)


@pytest.mark.parametrize(
    "sentence", ["全局将继续学习摆在首位，列入议程。", "2022年是收官之年。", "将案件办结。", "加强培训。"]
)
def test_starts_no_plan(sentence):
    assert not starts_plan(sentence, 2022)


def test_year_looked_back_on():
    assert year_looked_back_on("一、2013年工作回顾") == 2013
    assert year_looked_back_on("二、2014年工作安排") == 0


def test_words_to_the_whole_enter_the_section_again():
    """Behind a heading without a body; what was owned up to before it is past."""
    text = (
        "某市人民政府工作报告\n一、2022年工作回顾\n过去一年，我们全面推进依法行政，各项工作取得明显成效，群众满意度不断提高。\n"
        "同时，我们也清醒地看到，法治政府建设还存在不少问题和不足，基层执法力量薄弱。\n（一）坚持依法行政\n"
        "各位代表，一年来，我们依法行政的水平显著提高，办理行政复议案件三百余件。\n"
        "二、2023年工作安排\n坚持依法行政，严格规范公正文明执法，切实提高依法行政水平。\n"
    )
    roles = [paragraph.role for paragraph in classify(text)]
    assert roles == ["achievement", "problem", "achievement", "plan"]


@pytest.mark.parametrize("address", ["同志们！好。", "各位代表！好", "同志们！", "各位代表！！"])
def test_every_sentence_of_an_address_above_the_call_closes(address):
    """One role for two sentences once wrote past the end of an array."""
    text = f"全县工作报告\n二、下一步工作打算\n我们将继续推进依法行政。\n{address}\n让我们团结一致，奋勇前进！"
    entry = read_outline(text)[-2]
    assert text[entry.start : entry.end] == address
    assert entry.roles == ["closing"] * len(entry.sentences)
    assert entry.role == "closing"
    assert [paragraph.role for paragraph in classify(text)][-2:] == ["closing", "closing"]
