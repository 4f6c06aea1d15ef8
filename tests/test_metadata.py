"""Lines that are no part of what a report says, and lines that only look so."""

import re
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzclf.segmentation import metadata
from fzclf.segmentation.metadata import (
    is_date,
    is_metadata,
    is_page_number,
    is_signature,
)
from fzclf.segmentation.numbering import Style, line_enumerator


@pytest.mark.parametrize(
    "line",
    [
        "索引号：000/2022-1",
        "索 引 号 ：",
        "文　号：",
        "【文号】某政发〔2022〕3号",
        "发布日期:2022-01-02",
        "信息来源：县司法局",
        "• 公文种类:",
        "主题词：法治",
        "首页 > 政务公开",
        "您当前的位置：首页 >政务公开",
        "您的位置: 首页>专题",
        "当前位置:首页",
        "【字体：大 中 小】",
        "字体：[大] [中] [小]",
        "打印 关闭",
        "分享到：",
        "×",
        "今天是:2019年10月31日 星期三",
        "某市人民政府 2019年12月3日星期二",
        "无障碍 简体| 繁体",
        "2023-02-10 15:34:38",
        "2022年1月17日",
        "二〇二二年一月",
        "（2022年3月5日）",
        "2022年1月17日印发",
        "吴政发〔2022〕3号",
        "某府〔2024〕9号　　　签发人：张　三",
        "附件：",
        "附件1",
        "附件：名词解释",
        "1．指标完成情况.doc",
        "http://www.example.com/a",
        "某ICP备",
        "京ICP备12345678号",
        "版权所有：某政府",
        "网站标识码：100",
        "上一篇：无",
        "扫一扫在手机打开当前页",
        "抄送：县委办公室。",
        "（此件公开发布）",
        "----",
        "---|---|",
        "a | b | c",
        "12",
        "- 3 -",
        "第 3 页 共 10 页",
        "一、总体情况………………3",
        "（新华社北京3月12日电）",
        "■ ■ ■",
    ],
)
def test_metadata(line):
    assert is_metadata(line)


@pytest.mark.parametrize(
    "line",
    [
        "分享改革成果",
        "关闭落后产能",
        "打印服务进社区",
        "搜索救援能力建设",
        "无障碍环境建设",
        "返回地面",
        "时间紧、任务重",
        "来源可查、去向可追",
        "下载应用",
        "2023年工作安排",
        "2022",
        "一、总体情况",
        "各位代表：",
        "编辑出版地方志",
        "微信办理更便捷",
        "大中小企业融通发展",
        "名称预先核准制度",
        "发布政策清单",
        "全年召开会议3次",
        "首页开设专栏",
        "审核把关",
        "目录清单管理",
        "地址变更登记",
    ],
)
def test_no_metadata(line):
    assert not is_metadata(line)


def test_dates_and_signatures():
    assert is_date("2022年1月17日")
    assert not is_date("2022年1月17日召开会议")
    assert is_signature("吴忠市人民政府")
    assert is_signature("某县水利局（盖章）")
    assert not is_signature("各单位要把情况报送县政府办公室。")
    assert is_page_number("— 12 —")
    assert not is_page_number("2022")


FRAGMENTS = [
    "来源：",
    "附件",
    "首页",
    ">",
    "当前位置",
    "浙ICP备",
    "公网安备",
    "2023-01-01",
    "二〇二三年一月",
    "一月",
    "号",
    "a.docx",
    "www.",
    "新华社北京电",
]
FRAGMENTS += [
    "（",
    "【",
    "打印",
    "大 中 小",
    "…",
    "3",
    "|",
    "---",
    " ",
    "　",
    "法",
    "某县",
    "责编",
    "全文下载",
    "今天是",
    "<!--",
    "A+",
    "×",
    "EN",
    "（一）",
    "一审",
    "二审：",
]


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join))
def test_the_quick_look_hides_nothing(line):
    """`is_metadata` asks `_DATA` only about lines that open with, or hold, what one of its parts needs."""
    if metadata._DATA.match(line):
        opens = line[0] in metadata._DATA_STARTS and not metadata._is_numbered(line)
        assert opens or metadata._DATA_TRACES.search(line)
    if metadata._ENDED_FIELDS.match(line):
        assert line[0] in metadata._ENDED_FIELD_STARTS
    if metadata._SIGNATURE.match(line):
        assert line[-1] in metadata._SIGNATURE_ENDS


PIECES = st.sampled_from([
    *"一十（）()、，．.·…|：:> \u3000法。；？-_—0〇", "一、", "（一）", "二十一、", "㈢", "[三]", "当前位置",
    "您的位置", "公网安备", "附件", "来源：", "首页", "一审：", "新华社电）", "2021年", "-1-1", "字体", "大", "打印",
    ".docx", "http://", "……3", "3", "号", "〔2022〕", "二〇二一年一月一日", "加强领导",
])  # fmt: skip


@settings(max_examples=3000, derandomize=True, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=8).map("".join).map(str.strip).filter(bool))
def test_numbered_lines_without_a_trace_are_no_metadata(line):
    """The short way against the expressions; for all enumerators that head a section, as some are not looked at."""
    with mock.patch.object(metadata, "_NUMBERED_TRACES", re.compile("")):
        expected = is_metadata(line)
    assert is_metadata(line) == expected
    mark = line_enumerator(line[:16])
    if mark is not None and mark.sure and mark.style in (Style.HAN, Style.HAN_BRACKET):
        assert metadata._NUMBERED_TRACES.search(line) or not expected
