"""Numbers as Word writes them in front of paragraphs, such as 一、 （二） ③ iv. 壹 甲."""

from __future__ import annotations

from collections.abc import Callable

BULLET = "bullet"
NONE = "none"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LARGEST = 99_999  # Word counts to 32,767; a forged start must not make a Roman number of a megabyte


def numeral(number: int, style: str) -> str:
    """`number` in a number format of WordprocessingML, such as ``chineseCountingThousand``.

    Unknown formats, and numbers that a format has no sign for, come out in Arabic digits, as in Word.
    ``none`` and ``bullet`` give an empty string.
    """
    if style in (NONE, BULLET):
        return ""
    write = _STYLES.get(style)
    return write(number) if write is not None and 0 <= number <= _LARGEST else str(number)


def _roman(number: int) -> str:
    words = []
    for value, sign in _ROMAN:
        words.append(sign * (number // value))
        number %= value
    return "".join(words) or "0"


def _letters(number: int) -> str:
    """From a to z, aa to zz, aaa and on: Word repeats the letter, unlike a spreadsheet."""
    if number < 1:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _positional(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _counted(number: int) -> str:
    """十, 十一, 二十 up to 九十九; digit by digit from a hundred on."""
    return _spelled(number) if number < 100 else _positional(number)


def _spelled(number: int) -> str:
    """一百零三, 一千二百: the usual words; ten to nineteen without the leading 一."""
    words = _with_units(number, "零" + _DIGITS[1:], "十百千万")
    return words.removeprefix("一") if 10 <= number < 20 else words


def _legal(digits: str, units: str) -> Callable[[int], str]:
    return lambda number: _with_units(number, digits, units)


def _with_units(number: int, digits: str, units: str) -> str:
    if number == 0:
        return digits[0]
    words = ""
    figures = str(number)
    for index, figure in enumerate(figures):
        place = len(figures) - index - 1
        if figure != "0":
            words += digits[int(figure)] + (units[place - 1] if place else "")
        elif words and words[-1] != digits[0]:
            words += digits[0]
    return words.rstrip(digits[0])


def _japanese(number: int) -> str:
    """As the Chinese words, but without 零 and without 一 before 十, 百, 千."""
    words = _with_units(number, "零" + _DIGITS[1:], "十百千万").replace("零", "") or "〇"
    for unit in "十百千":
        words = words.replace("一" + unit, unit)
    return words


def _row(first: str, count: int) -> Callable[[int], str]:
    """Signs that stand in a row in Unicode, for 1 to `count`."""
    return lambda number: chr(ord(first) + number - 1) if 1 <= number <= count else str(number)


def _circled(number: int) -> str:
    for first, lowest, highest in (("①", 1, 20), ("㉑", 21, 35), ("㊱", 36, 50)):
        if lowest <= number <= highest:
            return chr(ord(first) + number - lowest)
    return str(number)


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _sexagenary(number: int) -> str:
    if number < 1:
        return str(number)
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12]


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in str(number))


def _ordinal(number: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else suffix}"


_STYLES: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": "{:02d}".format,
    "numberInDash": "- {} -".format,
    "ordinal": _ordinal,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "chineseCounting": _counted,
    "taiwaneseCounting": _counted,
    "chineseCountingThousand": _spelled,
    "taiwaneseCountingThousand": _spelled,
    "japaneseCounting": _japanese,
    "koreanDigital2": _positional,
    "ideographDigital": _positional,
    "japaneseDigitalTenThousand": _positional,
    "taiwaneseDigital": _positional,
    "chineseLegalSimplified": _legal(_LEGAL, "拾佰仟万"),
    "ideographLegalTraditional": _legal(_LEGAL_TRADITIONAL, "拾佰仟萬"),
    "japaneseLegal": _legal(_LEGAL_TRADITIONAL, "拾佰仟萬"),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
    "ideographEnclosedCircle": _row("㊀", 10),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _row("⒈", 20),
    "decimalEnclosedParen": _row("⑴", 20),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
}
