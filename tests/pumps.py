"""What patterns are tried with, over and over: what opens, ends and fills the lines of reports."""

PUMPS = [
    "一",
    "（",
    "）",
    "、",
    "1",
    "2022年",
    " ",
    "　",
    "也",
    "存在",
    "问题",
    "。",
    "法",
    "将",
    ">",
    ".",
    "=",
    "目标",
    "某局",
]
