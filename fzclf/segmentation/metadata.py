"""Lines that are no part of what a report says: index tables, dates, signatures, page furniture."""

from __future__ import annotations

import re

LONGEST_METADATA = 120
_ENDED = frozenset("。；！？")
_GAP = "[ \u3000\xa0]"
_FIELD_NAMES = (
    "发文字号|发文机关|发文单位|发文日期|发布机构|发布机关|发布单位|发布日期|发布时间|发布人|成文日期"
    "|成文时间|生成日期|公开日期|公开时间|公开方式|公开类别|公开范围|公开主体|公开形式|公开责任部门|"
    "公文种类|公文时效|信息分类|信息名称|信息来源|信息索引|主题分类|主题词|体裁分类|组配分类|服务对象分类"
    "|服务对象|责任部门|责任单位|责任编辑|关键词|关键字|摘要|"
    "来源|稿源|文章来源|内容来源|作者|编辑|责编|审核|审核人|初审|复审|终审|一审|二审|三审|校对|签发|签发人"
    "|供稿|供稿单位|撰稿|撰稿人|录入|录入人|发布|发布者|"
    "时间|日期|更新时间|更新日期|添加时间|创建时间|有效性|时效性|是否有效|有效期|实施日期|废止日期|阅读次数"
    "|阅读量|阅读|浏览次数|浏览量|浏览|点击数|点击率|点击量|点击|访问量|访问次数|"
    "字号|字体|字体大小|文字大小|文字|视力保护色|背景色|分享到?|分享至|抄送|抄报|主送|印发|名称|标题"
    "|文件名称|文件编号|统一编号|备注|"
    "附件|附表|附录|相关附件|附件下载|附|关联文件|相关链接|相关解读|相关文件|相关阅读|上一篇|下一篇|上一条"
    "|下一条|上篇|下篇|主办单位|主办|承办|承办单位|协办|技术支持|联系电话|联系方式|联系人|"
    "邮编|邮政编码|地址|网址|传真|电话|邮箱|电子邮箱"
)
_FIELDS = re.compile(
    rf"[•·●▪◆■*]?{_GAP}{{0,2}}[【\[［（(]?{_GAP}?"
    rf"(?:索{_GAP}{{0,4}}引{_GAP}{{0,4}}号|文{_GAP}{{0,4}}号|[名标来日时作]{_GAP}{{1,4}}[称题源期间者]"
    rf"|{_FIELD_NAMES})"
    rf"{_GAP}?[】\]］）)]?[0-9一二三四五六七八九十]{{0,2}}{_GAP}{{0,4}}(?:[：:|丨】]|$)"
)
# Fields that stand by themselves even if their line ends like a sentence.
_ENDED_FIELDS = re.compile(
    r"(?:抄送|抄报|主送|附件[0-9一二三四五六七八九十]{0,2}|来源|责任编辑|编辑|审核|联系人|联系电话"
    r"|联系方式)[：:]|[（(](?:此件|联系人|本文|注[：:]|联系电话)"
)
_NAVIGATION = re.compile(
    rf"(?:.{{0,4}}当前位置|.{{0,3}}现在的位置|.{{0,5}}(?:您|你)的位置|.{{0,3}}(?:您|你)所在的?位置"
    rf"|.{{0,2}}所在位置|首{_GAP}?页{_GAP}{{0,3}}(?:[>＞»›/|→\-—·]|$)|网站首页|"
    r"网站地图|网站声明|网站帮助|"
    r"返回(?:顶部|首页|上级|上页|列表)|我要纠错|【纠错|纠错(?:$|[】 ])|[【\[](?:打印|关闭|字体"
    r"|字号|大|收藏|分享|我要)|版权所有|Copyright|COPYRIGHT|©|备案号|备案序号|"
    r"[\u4e00-\u9fff]ICP备|[^。]{0,4}公网安备"
    r"|(?:政府)?网站标识码|关于我们|联系我们|适老化(?:模式|版)|长者(?:模式|版|助手|专区|浏览)|"
    r"大 中 小|大中小(?:$|[ 】\]])|A\+|用手机|手机扫|扫一扫|扫描二维码|上一页|下一页|上一篇|下一篇|阅读原文|微信扫"
    r"|语音播报|一图(?:读懂|看懂)|图解(?:[：:]|$)|相关图解|全文下载|点击下载|请输入|用户登录|今天是|责编|document\.|\.TRS_|<!--)"
)
# Words of the page's frame, by themselves or side by side: in a sentence they may mean something.
_FRAME_WORD = (
    r"(?:打印|关闭|收藏|分享|复制|下载|返回|登录|注册|搜索|微信|微博|新浪微博|新浪|QQ空间|QQ|朗读|听语音"
    r"|二维码|收起|展开|目录|简体|繁体|无障碍|无障碍浏览|无障碍阅读|字体|"
    r"保存|转发|点赞|评论|隐私|English|ENGLISH|EN|robots|TOP|top|首页|大|中|小|A-|[×xX])(?:本页|窗口|页面"
    r"|正文|文章|到|至|本文|版|选择)?"
)
_FRAME = re.compile(rf"{_FRAME_WORD}(?:[ \u3000\xa0|/·、]{{0,4}}{_FRAME_WORD}){{0,7}}[ |：:]{{0,2}}$")
# No commas or title marks: `＜` and `＞` also stand around titles of documents in wrapped body lines.
_BREADCRUMB = re.compile(r"[^>＞»›。；，、《》（）]{1,20}(?: ?(?:>|＞|»|›|>>) ?[^>＞»›。；，、《》（）]{1,30}){1,8}$")
_DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,14}[ ]?[〔\[［（(【]?(?:19|20)\d\d[〕\]］）)】]?[ ]?[第 ]{0,2}\d{1,4}[ ]?号"
    r"(?:[ \u3000]{1,40}签发人[：: ]?[\u4e00-\u9fff \u3000]{1,12})?$"
)
_YEAR = r"(?:19|20)\d\d"
_CLOCK = r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
_DAY_IN_DIGITS = (
    rf"{_YEAR}[ ]{{0,2}}[年\-/.][ ]{{0,2}}\d{{1,2}}"
    r"(?:[ ]{0,2}[月\-/.][ ]{0,2}\d{1,2}[ ]{0,2}日?|[ ]{0,2}月)"
)
_DAY_IN_WORDS = (
    r"[二一][〇○ＯO零九][〇○ＯO零一二三四五六七八九]{2}年"
    r"[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?"
)
_DATE = re.compile(
    rf"[（(【\[]?(?:(?:日期|时间)[：: ])?(?:{_DAY_IN_DIGITS}|{_DAY_IN_WORDS})"
    rf"(?:[ \u3000]{{0,3}}星期[一二三四五六日天])?(?:[ \u3000T]{{0,3}}{_CLOCK})?[）)】\]]?[印发 ]{{0,3}}$"
)
_STAMPED = re.compile(  # a date, then the fields that a page prints beside it; or the place first
    rf"(?:[\u4e00-\u9fff]{{2,16}}[ \u3000]{{1,4}})?{_YEAR}[年\-/.]\d{{1,2}}[月\-/.]\d{{1,2}}日?"
    rf"(?:[ \u3000]{{0,3}}{_CLOCK})?"
    r"(?:[ \u3000\xa0|]{0,8}(?:来源|作者|浏览|阅读|点击|字体|字号|【|\[|星期[一二三四五六日]|编辑|发布|打印|分享)"
    r"|[ \u3000\xa0]{1,8}[\u4e00-\u9fff]{2,12}$)"
)
_LEFTOVER = re.compile(
    r"\[bookmark: ?[^\]\n]{0,40}\]|\[(?:image|图片|embed|object)[^\]\n]{0,40}\]"
    r"|!\[[^\]\n]{0,40}\](?:\([^)\n]{0,80}\))?|_GoBack|\ufeff|[\u200b-\u200f\u2060]{1,8}"
)
LEFTOVER_STARTS = frozenset("[!_\ufeff\u200b\u200c\u200d\u200e\u200f\u2060")
_PAGE_NUMBER = re.compile(
    r"[-—–－ 第]{0,3}[0-9０-９]{1,3}[-—–－ 页]{0,3}(?:(?:[,，/／]|[ ]?共)[ ]?[0-9]{1,3}[ ]?页?)?$"
)
_PAGE_STARTS = frozenset("-—–－ 第0123456789０１２３４５６７８９")
_LONGEST_PAGE_NUMBER = 14
_WIRE = re.compile(r"[（(]?新华社[^，。；]{0,24}电[）)]?$")
_TABLE_RULE = re.compile(r"[\-|:：+=＝_—─━ \t]{3,}$")
_DOT_LEADER = re.compile(r"[^。；]{1,60}[.．…·]{3,40} ?\d{1,3}$")
_FILE_NAME = re.compile(
    r"[^。；]{1,80}\.(?i:docx?|pdf|xlsx?|wps|ofd|zip|rar|jpg|png|ceb|et|pptx?)(?:[ （(][^。]{0,20})?$"
)
_LINK = re.compile(r"(?:https?://|www\.)\S{1,110}$")
# One pattern for all that a line of metadata looks like: 12 calls for each short line are four times as slow.
_DATA = re.compile(
    "|".join(
        f"(?:{pattern.pattern})"
        for pattern in (
            _FIELDS,
            _NAVIGATION,
            _FRAME,
            _DATE,
            _STAMPED,
            _BREADCRUMB,
            _DOCUMENT_NUMBER,
            _FILE_NAME,
            _LINK,
            _WIRE,
            _ENDED_FIELDS,
            _DOT_LEADER,
            _TABLE_RULE,
        )
    )
)
# What a line must open with or hold for `_DATA` to match; plain words are told apart ten times as fast by it.
_DATA_STARTS = frozenset(name[0] for name in _FIELD_NAMES.split("|")) | frozenset(
    "•·●▪◆■*【[［（( \u3000\xa0索文名标来日时作"  # fields
    "首网返我纠版Cc©政关联适长大A用手扫上下阅微语图相全点请今责d.<"  # navigation
    "打关收分复登注搜新Q朗听二展目简繁无字保转评隐ErRTt中小×xX"  # words of the frame
    "hw-|:：+=＝_—─━\t抄主附编审"  # links, rules of tables, ended fields
)
# Dates, numbers, paths, file names, 备案号, 当前位置; dates in words.
_DATA_TRACES = re.compile(r"[\d>＞»›.备位]|[一二][〇○ＯO零九]")
# And what one that opens with 一、 or （一） must hold: it can only be a file, a path, a row, a line of contents.
_NUMBERED_TRACES = re.compile("[|.．…·>＞»›]|位置|公网安备")
_HAN_DIGITS = frozenset("一二三四五六七八九十")
_ENDED_FIELD_STARTS = frozenset("抄主附来责编审联[（(")
_OFFICES = (
    "人民政府|政府|委员会|管委会|办公室|办公厅|局|厅|部|委|署|院|办事处|领导小组|支队|大队|总队|海关|中心"
    "|党委|区委|县委|市委|街道|司法所|站|队|分局|公司|学校|协会"
)
_SIGNATURE = re.compile(
    rf"(?:[^。！？；，,：:、]{{2,28}}(?:{_OFFICES})|中共[^。！？；，,：:]{{2,20}}委员会"
    rf"|[^。！？；，,：:、]{{2,8}}镇|[^。！？；，,：:、]{{2,8}}乡)"
    r"(?:办公室|办公厅)?(?:[（(](?:章|盖章|印章|公章)[）)])?$"
)
_LONGEST_SIGNATURE = 40
_SIGNATURE_ENDS = frozenset(office[-1] for office in _OFFICES.split("|")) | frozenset("会镇乡室厅）)")


def leftover_length(line: str) -> int:
    """Length of a converter's leftover (a Word bookmark, say) that opens `line`; 0 if there is none."""
    match = _LEFTOVER.match(line) if line[:1] in LEFTOVER_STARTS else None
    return match.end() if match else 0


def is_metadata(line: str) -> bool:
    """Whether `line` carries data about the report or its page, wherever it stands."""
    if len(line) > LONGEST_METADATA:
        return line[-1] == "|" and line.count("|") >= 4
    if line[-1] in _ENDED:
        return line[0] in _ENDED_FIELD_STARTS and bool(_ENDED_FIELDS.match(line))
    numbered = _is_numbered(line)
    if numbered and not _NUMBERED_TRACES.search(line):
        return False
    if line.count("|") >= 2 or is_page_number(line):
        return True
    if (line[0] in _DATA_STARTS and not numbered) or _DATA_TRACES.search(line):
        return _DATA.match(line) is not None or not any(map(str.isalnum, line))
    return not (line[0].isalnum() or any(map(str.isalnum, line)))


def _is_numbered(line: str) -> bool:
    """Whether `line` opens with （一） or 一、, as headings do and no field of metadata."""
    if line[1:2] == "、":
        return line[0] in _HAN_DIGITS
    return line[1:2] in _HAN_DIGITS and line[2:3] in ("）", ")") and line[0] in ("（", "(")


def is_page_number(line: str) -> bool:
    """Whether `line` is nothing but the number of a page, bare or in its usual dress."""
    return len(line) <= _LONGEST_PAGE_NUMBER and line[:1] in _PAGE_STARTS and bool(_PAGE_NUMBER.match(line))


def is_date(line: str) -> bool:
    """Whether `line` is a date and nothing else."""
    return bool(_DATE.match(line))


def is_signature(line: str) -> bool:
    """Whether `line` could be the name of the office that signs."""
    return line[-1:] in _SIGNATURE_ENDS and len(line) <= _LONGEST_SIGNATURE and bool(_SIGNATURE.match(line))


def is_signed_date(line: str) -> bool:
    """Whether `line` is an office and a date side by side, as some pages print them."""
    head, _, tail = line.rpartition(" ")
    return is_date(tail) and is_signature(head.strip()) if head else False
