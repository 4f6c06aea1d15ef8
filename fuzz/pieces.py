"""Pieces of report text in our own words, the marks that rules look for, and damage."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.choices import Choices

NUMBERS = (
    "一、", "二、", "十一、", "（一）", "（二）", "(一)", "（三", "四）", "1.", "2．", "3、", "（1）", "1）", "①",
    "⑳", "㈠", "⒈",
    "第一章 ", "第二节", "第一百二十部分", "第三条", "一是", "二是", "三要", "首先，", "其次，", "最后，",
    "第一，", "〔一〕", "［一］",
)  # fmt: skip
MARKS = (
    *"。！？；：，、“”‘’「」《》〈〉（）()【】[]!?;:,.|…—－-_=+*#>＞»·@'\"\\/{}<&%",
    "……",
    "——",
    "。”",
    "！”。",
    "?!",
)
BLANKS = (" ", "\u3000", "\u3000\u3000", "\t", "\xa0", "\u2002", "\u200b", "\u200d", "\ufeff", "    ", "\u3000" * 8)
BREAKS = ("\n", "\r\n", "\n\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
WORDS = (
    "推进依法行政", "开展执法检查120次", "办结复议案件3件", "组织普法宣传", "完善决策程序", "法治政府建设",
    "工作情况", "存在问题",
    "存在的不足", "虽然取得成绩，但", "下一步", "2023年将", "2022年", "（2021—2025年）", "我区", "某县人民政府",
    "某市司法局",
    "关于", "年度", "报告", "总结", "主要工作", "及", "的", "法", "政府", "一", "各位代表：", "特此报告",
    "以上报告，请审议",
    "工作报告", "加强组织领导", "目录", "附件：", "名词解释", "区长 张某", "在某次会议上", "情况如下：", "不断",
    "仍有差距",
)  # fmt: skip
FRAMES = (
    "索引号：", "发布日期：2022-01-05", "来源：某局", "首页 > 政务公开 > 年度报告", "[bookmark: _GoBack]",
    "［bookmark: x]",
    "2022年1月5日", "- 3 -", "第3页", "https://example.cn/a", "某法发〔2022〕3号", "| a | b |", "|---|---|",
    "字体：大 中 小",
    "打印 关闭", "新华社北京电", "目录……3", "附件1.docx", "联系人：", "=1+1", "@SUM(A1)", "{\"a\": 1}", "<div>",
    "&#20107;",
)  # fmt: skip
ODD = (
    "\x00", "\x07", "\x1b[2J", "\x7f", "\x80", "\u202e", "\u2066", "\ufffe", "\uffff", "\ufdd0", "\ufdd1",
    "\ufffd", "\ud800",
    "\udfff", "\ud83d", "\U00020000", "\U0010ffff", "\U000e0041", "\U0001f600", "İ", "Σ", "ß", "ǅ", "ﬁ", "é",
    "e\u0301", "ａ",
    "１２３", "²", "๓", "٣", "〇", "零", "百", "ㄅ", "が", "한", "А", "a", "Z", "0", "999999999999999999999",
    "1e308", "-0", "NaN",
    "锟斤拷", "\u4dff", "\u9fd5", "\u9fd6", "\u9fff", "\ue000", "\ufe0f",
)  # fmt: skip
PIECES = (*NUMBERS, *MARKS, *BLANKS, *BREAKS, *WORDS, *WORDS, *FRAMES, *ODD)
_LONGEST = 20_000  # characters
_MANY = (16, 60, 200, 1000)


def text_of(choices: Choices, longest: int = _LONGEST) -> str:
    """A text of pieces, single characters, and repetitions of what came before."""
    parts: list[str] = []
    length = 0
    while choices and length < longest:
        way = choices.below(256)
        if way < 230 or not parts:
            part = choices.pick(PIECES)
        elif way < 238:
            part = chr(choices.below(0x110000))
        elif way < 246:
            part = "".join(parts[-1 - choices.below(8) :])
        elif way < 254:
            part = parts[-1] * (2 + choices.below(12))
        else:
            part = "".join(parts[-1 - choices.below(3) :]) * choices.pick(_MANY)
        parts.append(part)
        length += len(part)
    return "".join(parts)[:longest]


def damaged(choices: Choices, data: bytes, tokens: Sequence[bytes] = (), most: int = 12) -> bytes:
    """`data` with up to `most` edits: bytes flipped, taken out, doubled, moved; tokens and odd numbers put in."""
    for _ in range(choices.below(most + 1)):
        at = choices.below(65536) * (len(data) + 1) // 65536
        size = 1 << choices.below(9)
        way = choices.below(7)
        if way == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << choices.below(8))]) + data[at + 1 :]
        elif way == 1:
            data = data[:at] + data[at + size :]
        elif way == 2:
            data = data[: at + size] + data[at:]
        elif way == 3 and tokens:
            data = data[:at] + choices.pick(tokens) + data[at:]
        elif way == 4 and tokens:
            token = choices.pick(tokens)
            data = data[:at] + token + data[at + len(token) :]
        elif way == 5:
            number = choices.pick((0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000)).to_bytes(
                4, "little"
            )
            data = data[:at] + number + data[at + 4 :]
        else:
            data = data[:at]
    return data
