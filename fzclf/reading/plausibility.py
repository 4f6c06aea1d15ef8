"""Whether decoded characters look like Chinese text, and what about them a person should know.

The character sets come from the codecs themselves: the first level of GB2312 holds the 3,755
common simplified characters, the first level of Big5 the 5,401 common traditional ones.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from fzclf.errors import ReadError

# Trial on slices of 12, 40, 200 and 2,000 characters of 79 reports (1,500 each, 300 of the longest), as simplified and
# as traditional text: read rightly, common share 0.75 or more at 12 characters, 0.82 or more from 40
# on. Big5, Shift-JIS, EUC-JP, UTF-16 and broken UTF-8 taken for GB18030: 0.75 or less from 40 on.
_COMMON_SHARE = 0.80
_COMMON_SHARE_OF_FEW = 0.75
_FEW = 40
# EUC-KR lies in the bytes of common Chinese characters, so their share says nothing there; but the
# frequent ones make 0.17 or more of Chinese slices (0.28 from 200 on), 0.14 or less of Korean ones.
_FREQUENT_SHARE = 0.15
_SAMPLE = 65_536
_FREQUENT = frozenset(
    "业建新区的全大化设和展发进实工动国推中加一产力市等政人务高成体深生城作创制增地提强行改民项持开会平公合个理重家资服造社能以保"
    "年心企施治学完水上基用快科经点目面入质机为升现在量技管好度育文规有系安主出长优要济代程革法办坚通级三万性更医不定事共标方品支"
    "是部场了我他这来们到时说得自对下过而于就那也可之后多然去子小前分同日月两二第其被把与及由或者条件应当关责任案处罚"
    "業區設發進實動國產務體創強項開會個資學經點質機爲為現規長優濟辦堅級萬醫標場這來們時說對過於後兩與條應當關責處罰"
)
_BROKEN_GBK = "锟斤拷"
_TRADITIONAL_SHARE = 0.10
_FEWEST_TRADITIONAL = 5
_CONTROL_SHARE = 0.01
_CONTROLS = frozenset(map(chr, (*range(0x09), *range(0x0E, 0x20), 0x7F))) - {"\x1c", "\x1d", "\x1e"}


def is_plausible(text: str) -> bool:
    """Whether the first 64 k characters look like Chinese, simplified or traditional; ASCII alone does."""
    counts = Counter(text[:_SAMPLE])
    foreign = {char: count for char, count in counts.items() if char > "\x7f"}
    n_foreign = sum(foreign.values())
    if not n_foreign:
        return True
    needed = _COMMON_SHARE if n_foreign >= _FEW else _COMMON_SHARE_OF_FEW
    if common_share(text) < needed:
        return False
    n_han = sum(count for char, count in foreign.items() if _is_han(char))
    n_frequent = sum(count for char, count in foreign.items() if char in _FREQUENT)
    return n_han < _FEW or n_frequent >= _FREQUENT_SHARE * n_han


def common_share(text: str) -> float:
    """Share of common characters and marks among those beyond ASCII: the better of simplified and traditional.

    1.0 for text without any.
    """
    foreign = {char: count for char, count in Counter(text[:_SAMPLE]).items() if char > "\x7f"}
    total = sum(foreign.values())
    best = max(
        sum(count for char, count in foreign.items() if char in common or _is_mark(char))
        for common in (_simplified(), _traditional())
    )
    return best / total if total else 1.0


def refuse_binary(text: str, place: str) -> None:
    """Raise ReadError if more than 1 % of the characters are controls that no text has."""
    counts = Counter(text[:_SAMPLE])
    controls = sum(counts[char] for char in _CONTROLS)
    if controls > _CONTROL_SHARE * min(len(text), _SAMPLE):
        position = next(index for index, char in enumerate(text) if char in _CONTROLS)
        raise ReadError(
            f"{place}: character {position} is the control {text[position]!r}, and {controls} of the first "
            f"{min(len(text), _SAMPLE):,} are: a binary file, or UTF-16 without a mark; "
            'save it as UTF-8, or give encoding="utf-16-le" (--encoding utf-16-le)'
        )


def suspicions(text: str) -> tuple[str, ...]:
    """Notes for a person: damage that was in the text before, traditional characters."""
    notes = []
    counts = Counter(text[:_SAMPLE])
    if "\ufffd" in text:
        notes.append(
            f"{text.count(chr(0xFFFD))} replacement characters (U+FFFD), the first at {text.index(chr(0xFFFD))}"
        )
    if controls := sum(counts[char] for char in _CONTROLS):
        notes.append(f"{controls} control characters among the first {_SAMPLE:,}")
    if wrong := _mojibake(text):
        notes.append(f"mojibake suspected: {wrong}; look for an undamaged copy")
    traditional = sum(count for char, count in counts.items() if char in _traditional_only())
    n_han = sum(count for char, count in counts.items() if _is_han(char))
    if traditional >= max(_FEWEST_TRADITIONAL, _TRADITIONAL_SHARE * n_han):
        notes.append("traditional characters: the packaged model was trained on simplified text")
    return tuple(notes)


def _mojibake(text: str) -> str:
    """The wrong decoding that `text` seems to come from, empty if none.

    The characters are turned back into bytes as the wrong decoder would have had them; if those
    decode to Chinese, while `text` itself does not look like it, the case is clear.
    """
    if _BROKEN_GBK in text:
        return f"{_BROKEN_GBK} is what replaced characters look like when read as GBK"
    sample = "".join(char for char in text[:_SAMPLE] if char > "\x7f")[:2000]
    for wrong, right in (
        ("gb18030", "utf-8"),
        ("cp1252", "utf-8"),
        ("latin-1", "utf-8"),
        ("latin-1", "gb18030"),
    ):
        restored = sample.encode(wrong, "ignore").decode(right, "ignore")
        han = sum(map(_is_han, restored))
        frequent = sum(char in _FREQUENT for char in restored)
        if han >= 4 and 4 * han >= len(sample) and is_plausible(restored) and frequent >= _FREQUENT_SHARE * han:
            return f"it looks like {right} that was read as {wrong}"
    return ""


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


def _is_mark(char: str) -> bool:
    return "\u2000" <= char <= "\u206f" or "\u3000" <= char <= "\u303f" or char in _marks()


@cache
def _marks() -> frozenset[str]:
    """Punctuation, numbered and full-width forms, and the lines of tables: rows 1 to 3 and 9 of GB2312."""
    return _coded("gb2312", 0xA1A1, 0xA3FE) | _coded("gb2312", 0xA9A1, 0xA9FE)


@cache
def _simplified() -> frozenset[str]:
    return _coded("gb2312", 0xB0A1, 0xD7F9)


@cache
def _traditional() -> frozenset[str]:
    return _coded("big5", 0xA440, 0xC67E)


@cache
def _traditional_only() -> frozenset[str]:
    return _traditional() - _coded("gb2312", 0xB0A1, 0xF7FE)


def _coded(codec: str, first: int, last: int) -> frozenset[str]:
    """All characters whose two-byte code lies between `first` and `last`, unassigned codes left out."""
    codes = (code.to_bytes(2, "big").decode(codec, "ignore") for code in range(first, last + 1) if code & 0xFF > 0x3F)
    return frozenset(char for char in codes if len(char) == 1 and char > "\x7f")
