"""Words by which headings and sentences tell what they do in a report."""

from __future__ import annotations

import re
from functools import lru_cache

OPENING, ACHIEVEMENT, PROBLEM, PLAN, CLOSING = "opening", "achievement", "problem", "plan", "closing"
MIXED = "problem and plan"  # of a heading only
ROLES = (OPENING, ACHIEVEMENT, PROBLEM, PLAN, CLOSING)

# --- headings -------------------------------------------------------------------------------

_LACK = "问题|不足|短板|弱项|困难|薄弱|差距|挑战"
_PROBLEM = re.compile(_LACK)
_PROBLEM_SURELY = re.compile(
    rf"(?:存在|面临|尚有|还有|仍有)的?[^，。]{{0,8}}(?:{_LACK}|原因)"
    rf"|(?:主要|突出|当前|{_LACK}|薄弱环节)(?:及|和|与|、)?其?(?:{_LACK}|原因)"
    rf"|(?:^|[、.．）)：: \u3000])(?:工作)?(?:{_LACK})|(?:{_LACK})(?:环节|之处|方面)?(?:分析)?[：:]?$"
)
_NO_PROBLEM = re.compile(
    r"问题(?:导向|整改|清单|线索|反馈)|困难(?:群众|群体|企业|职工|人员|家庭|学生)"
    r"|(?:解决|整改|整治|破解|化解|查摆|反馈|聚焦|紧扣|攻克|补齐|补|缓解|应对|直面|治理|消除|克服|紧盯|围绕"
    r"|针对)[^，,]{0,12}(?:问题|短板|不足|困难|薄弱|弱项|挑战|差距)"
)
_PLAN_SURELY = re.compile(
    r"下一?步|下一?阶段|下一?年|打算|展望|今后|努力的?方向|改进(?:措施|方向|举措|打算)|整改措施|(?:明|来)年"
    r"|新一年|新的一年|预期目标|(?:发展|奋斗|主要|工作|总体)目标|目标任务|总体要求"
    r"|(?:工作|主要|重点|总体|年度|年|建设|初步)的?(?:计划|安排|思路|部署|谋划|任务|要点)[：:]?$|(?:工作"
    r"|推进)重点[：:]?$|总体部署|形势.{0,4}任务|今年(?!以来)[^，]{0,8}(?:任务|目标|安排|建议)|(?:发展|基本|总体|工作)思路"
    r"|(?:计划|思路)(?:及|和|与)|(?:工作|对策|意见)(?:和|与)?建议[：:]?$"
)
_PLAN = re.compile(r"(?:计划|安排|思路|规划)[：:]?$|未来")
_NO_PLAN = re.compile(
    r"(?:制定|制订|落实|完成|执行|印发|实施|编制|推进|围绕|统筹|强化|加强|细化|科学|精心|周密|完善"
    r"|健全)[^，、]{0,12}(?:计划|安排|任务|思路|部署|规划|要点|目标)"
)
_ACHIEVEMENT = re.compile(
    r"回顾|成效|成绩|进展|特色亮点|工作亮点|亮点工作|特色工作|工作特色|经验|做法|完成(?:情况|清单)|落实情况|履职情况"
    r"|履行.{0,20}(?:情况|职责)|第一责任人|总体情况|基本情况|需要报告|情况[：:]?$"
)
_MAYBE_ACHIEVEMENT = re.compile(r"主要工作|主要举措|主要措施|工作举措")
_SAYS_SOMETHING = re.compile(
    r"问题|不足|短板|弱项|困难|薄弱|差距|挑战|下|打算|展望|今|努力|改进|整改|年|目标|要求|计划|安排|思路"
    r"|部署|谋划|任务|要点|重点|建议|规划|未来"
    r"|回顾|成效|成绩|进展|亮点|特色|经验|做法|情况|履行|第一责任人|主要|举措|报告"
)
GLOSSARY = re.compile(r".{0,20}(?:名词|术语)(?:解释|注释|说明)[：:]?$")
_GLOSSARY_ENDS = ("释", "说明", "：", ":")
_LOOKS_BACK = re.compile(_ACHIEVEMENT.pattern + "|主要工作|主要举措")
_AHEAD = re.compile(r"下一?步|下一?年|今后|打算|明年|来年")
_DONE = re.compile(r"完成|落实|开展|进展|情况|成效|回顾|总结")
CENTURY = "20"  # every year begins with it
YEAR = re.compile(r"(20\d\d)[ ]?(?:年|[-—－～至])")
_YEARS_WORK = re.compile(r"工作|实事|目标|任务|重点|安排|计划|主要")


@lru_cache(maxsize=256)  # each heading is asked about up to three times, and 存在的问题 in most reports
def heading_role(heading: str, report_year: int = 0) -> tuple[str | None, bool]:
    """Role that a heading announces, ``MIXED`` for problems with plans, None if it is silent.

    The second value says whether it does so by itself; else only where no heading above
    it has said anything (缓解停车难问题 is no problem under 2016年主要工作).
    """
    if heading.endswith(_GLOSSARY_ENDS) and GLOSSARY.match(heading):
        return CLOSING, True  # below the last words: neither a plan nor what was done
    if _SAYS_SOMETHING.search(heading) is None:  # true of two headings in three, and ten times as fast
        return None, False
    plan = _announces_plan(heading)
    if _PROBLEM.search(heading) and not _NO_PROBLEM.search(heading):
        return (MIXED, True) if plan else (PROBLEM, _PROBLEM_SURELY.search(heading) is not None)
    later = report_year > 0 and _tells_of_later_year(heading, report_year)
    if later or (plan and not _tells_of_report_year(heading, report_year)):
        return PLAN, True
    achievement = _ACHIEVEMENT.search(heading) is not None
    if achievement or _MAYBE_ACHIEVEMENT.search(heading):
        return ACHIEVEMENT, achievement
    return (PLAN, False) if _PLAN.search(heading) and not _NO_PLAN.search(heading) else (None, False)


def _announces_plan(heading: str) -> bool:
    """落实工作计划 tells of what was done, 下一步落实工作计划 of what will be."""
    if _PLAN_SURELY.search(heading) is None:
        return False
    return _NO_PLAN.search(heading) is None or _AHEAD.search(heading) is not None


def _tells_of_later_year(heading: str, report_year: int) -> bool:
    return _YEARS_WORK.search(heading) is not None and any(int(y) > report_year for y in YEAR.findall(heading))


def _tells_of_report_year(heading: str, report_year: int) -> bool:
    """2022年主要任务完成情况 in the report of 2022 is no plan."""
    return _DONE.search(heading) is not None and str(report_year) in YEAR.findall(heading)


def year_looked_back_on(heading: str) -> int:
    """The year of a heading such as 2013年工作回顾; 0 for any other heading."""
    match = YEAR.search(heading)
    if match is None or not _LOOKS_BACK.search(heading) or _PLAN_SURELY.search(heading):
        return 0
    return int(match[1])


# --- sentences ------------------------------------------------------------------------------

PROBLEM_HINT = re.compile(r"问题|不足|差距|短板|薄弱|困难|不平衡|不够|不到位|清醒|挑战|虽|尽管|成绩")
_LACKING = re.compile(r"问题|不足|差距|短板|薄弱|困难|不平衡|不够|不到位|挑战")
_HAS = re.compile(r"(?:但|同时|也|仍|还|依然|尚|主要|当前)[^。；]{0,40}(?:存在|面临|有)")
_OWNS_LACK = re.compile(
    r"(?:存在|[还仍尚]有)(?:的|着|一些|不少|以下|一定|许多|诸多|较大|很多|主要|如下|几个|几方面"
    r"|明显)*(?:问题|不足|差距|短板|薄弱|困难|矛盾和问题)"
)
_LACK_IS = re.compile("(?:问题|不足|差距|短板)(?:主要)?(?:是|有|表现|体现)")
_TURNS_SOBER = re.compile(r"清醒地?(?:看到|认识)|同时.{0,4}(?:看到|认识到).{0,40}(?:问题|不足|差距|短板|困难)")
_NO_LACK = re.compile(
    r"问题(?:导向|整改|清单|线索|反馈|意识|的?(?:投诉|举报))|困难(?:群众|群体|企业|职工|人员|家庭|学生)"
    r"|(?:解决|整改|整治|破解|化解|查摆|反馈|聚焦|紧扣|攻克|补齐|补|缓解|应对|直面|治理|消除|克服|紧盯|围绕"
    r"|针对|发现|排查|纠正|查找)[^，,、。；]{0,14}(?:问题|短板|不足|困难|薄弱|弱项|挑战|差距)"
)
FALLS_SHORT = re.compile(
    r"不够|不足|不强|不高|不深|不实|不细|不严|不到位|不平衡|不均衡|不健全|不完善|不规范|不及时|不全面"
    r"|不充分|不适应|有待|亟待|尚需|仍需|还需|滞后|薄弱|欠缺|缺乏|偏弱|偏低|较弱|较低|较少|差距|短板|问题"
)
CONCEDES = re.compile(
    r"(?:虽然|尽管|虽|在看到成绩|在肯定成绩|在取得成绩|在总结成绩|在充分肯定|总结成绩|肯定成绩|看到成绩"
    r"|回顾[^，。]{0,12}工作)"
)
_WILL = (
    r"[^，。；]{1,14}将(?:继续|进一步|以|坚持|深入|持续|全面|认真|始终|坚定|严格|按照|围绕|紧紧|着力|切实"
    r"|不断|大力|聚焦|紧扣|紧盯|重点|从)"
    r"(?![^，。；]{0,30}(?:作为|纳入|列入|列为|摆在|摆上|贯穿|放在|融入))"
)
CONCESSION_STARTS = frozenset("虽尽在总肯看回")
_PLAN_STARTS = re.compile(
    r"(?:针对(?:上述|以上|这[些一类]|存在|此|该)[^，。]{0,20}[，,][^。]{0,12}(?:下一?步|将|我)|对此[，,]"
    r"|为此[，,](?:下一?步|我们将|我[省市县区旗镇局]将)"
    r"|下一?步|下一?阶段|下一?年|接下来|今后|明年|来年|新的一年|展望)"
)
_YEAR_PLAN = re.compile(
    r"(?:在)?(20\d\d)年(?:度)?(?:是|工作(?:的)?总体|(?:全市|全县|全区|全省"
    r"|我[们省市县区旗镇乡局厅委部])?[，,]?[^。，；]{0,22}(?:将|要|计划|拟))"
)
# What will be done about the problems just told: 对于这些问题，我们将采取措施加以解决。
_RESOLVES = re.compile(
    r"(?:对于?|面对|针对)?(?:这[些一类]|上述|以上)[^，。；]{0,12}(?:问题|困难|不足|差距|挑战|短板|矛盾)"
    r"[^。；]{0,24}(?:我们|将|必须|要|一定|务必)"
    r"|我们(?:一定|必须|务必|要|将|会)|要(?:直面|正视|高度重视|牢记)|在?今后[^，。；]{0,8}[，,]我们"
)
_MENDS = re.compile(r"解决|改进|改善|克服|破解|整改|应对|[不绝]辜负|不负|直面|正视|重视|措施")
_RESOLVES_WITH = frozenset("对面针这上以我要在今")
_LOOSE_PLAN_STARTS = re.compile(rf"未来|我们将|我[省市县区旗镇乡局厅委部院所街]将|{_WILL}")
PLAN_STARTS_WITH = _RESOLVES_WITH | frozenset("针对为下接今明来新展在2未")
_PLAN_REACH = 15  # what else opens a plan has 将 among its first characters
STARTS_MEASURE = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,2}[）)、]|[一二三四五六七八九十]{1,2}[是要]"
    r"|\d{1,2}[.．、])?(?:要)?(?:进一步|继续|持续|加强|强化|加大|完善|深化|健全|切实|深入|严格|坚持|狠抓"
    r"|提升|提高|推进|推动|规范|压实|聚焦|突出|抓好)"
)
OPENS_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,2}[是、]|第[一二三四五六七八九十][，,、]|首先|其次|再次|最后"
    r"|[（(][一二三四五六七八九十\d]|\d{1,2}[.．、]|[①-⑳]|——"
)
OPENS = re.compile(
    r"(?:现将|现就|根据《|按照《|按照[^。]{0,40}要求)[^。]{0,300}(?:报告如下|汇报如下|报告|如下)[：:。]?"
    r"|向大会(?:报告|作)|如下[：:。]$"
)
ANNOUNCES = re.compile(r"(?:报告|汇报|总结|通报)[^，。；]{0,6}如下[：:。]?$|如下(?:报告|汇报)[：:。]?$")
CLOSES = re.compile(r"(?:特此|专此|此致|以上(?:报告|汇报|是|为)|妥否|请予?审议|请审阅|请批评指正|不妥之处|谢谢)")
LEADS_IN = re.compile(r"(?:以下|如下|方面|几点|几项|工作|任务)[^，。；]{0,12}[：:。]$|[：:]$")


def says_problem(sentence: str) -> bool:
    """Whether a sentence owns up to something that is lacking."""
    if sentence[:1] in CONCESSION_STARTS and CONCEDES.match(sentence) and (turn := sentence.rfind("但")) > 0:
        sentence = sentence[turn:]  # 尽管面临困难，但基本面没有改变 owns up to nothing
    hint = PROBLEM_HINT.search(sentence)
    if hint is None:
        return False
    if ("看到" in sentence or "认识" in sentence) and _TURNS_SOBER.search(sentence):
        return True
    has = "有" in sentence or "存在" in sentence or "面临" in sentence  # a tenth of the time of an expression
    if _LACK_IS.search(sentence, hint.start()) or (has and (_has_lack(sentence) or _OWNS_LACK.search(sentence))):
        return _NO_LACK.search(sentence) is None
    return False


def owns_up(sentence: str) -> bool:
    """Whether an item says what falls short, and does not mean to mend it: 二是力量不足, not 二是补齐短板."""
    if OPENS_ITEM.match(sentence) is None or STARTS_MEASURE.match(sentence):
        return False
    return FALLS_SHORT.search(sentence) is not None and _NO_LACK.search(sentence) is None


def _has_lack(sentence: str) -> bool:
    """仍然面临……挑战: something is had, and within reach of it something is lacking."""
    has = _HAS.search(sentence)
    while has is not None:
        if _LACKING.search(sentence, has.end(), has.end() + 44):
            return True
        has = _HAS.search(sentence, has.end())
    return False


def turns_sober(sentence: str) -> bool:
    """Whether a report turns from its achievements here, and does not come back to them."""
    return _TURNS_SOBER.search(sentence) is not None and _LACKING.search(sentence) is not None


def may_start_plan(text: str, start: int) -> bool:
    """Whether the sentence that starts here can open a plan at all; true of one in ten."""
    return text[start : start + 1] in PLAN_STARTS_WITH or text.find("将", start + 1, start + _PLAN_REACH) > 0


def resolves(sentence: str) -> bool:
    """Whether a sentence behind problems says what will be done about them."""
    if sentence[:1] not in _RESOLVES_WITH or _RESOLVES.match(sentence) is None:
        return False
    return _MENDS.search(sentence) is not None


def starts_plan(sentence: str, report_year: int, *, loosely: bool = True) -> bool:
    """Whether a sentence opens what is to be done; `loosely` also by 我局将继续 and its like."""
    if not may_start_plan(sentence, 0):
        return False
    if _PLAN_STARTS.match(sentence):
        return True
    year = _YEAR_PLAN.match(sentence)
    if year is not None:
        return int(year[1]) > report_year and (loosely or report_year > 0)
    return loosely and _LOOSE_PLAN_STARTS.match(sentence) is not None
