"""指标值 as printed ("≥90%", "不少于10辆", "控制在1‰以内") read into operator, number and unit.

Only what has one plain reading becomes a number; dates, ranges and sentences stay text.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from services.goals.domain.goal_content import QUALITATIVE


@dataclass(frozen=True)
class Target:
    """A target as read; all four are None when nothing was printed."""

    operator: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    text: str | None = None
    #: Whether the comparison stands written; "10辆" only implies "=".
    operator_printed: bool = False


#: Before the number. Longer spellings first, so that ">=" is not read as ">".
_BEFORE = {
    ">=": ">=", "=>": ">=", "≥": ">=", "≧": ">=", "⩾": ">=", "不低于": ">=", "不少于": ">=",
    "不小于": ">=", "大于等于": ">=", "大于或等于": ">=", "至少": ">=",
    "<=": "<=", "=<": "<=", "≤": "<=", "≦": "<=", "⩽": "<=", "不超过": "<=", "不高于": "<=",
    "不多于": "<=", "不大于": "<=", "小于等于": "<=", "小于或等于": "<=", "至多": "<=",
    "控制在": "<=", "不超": "<=",
    ">": ">", "大于": ">", "高于": ">", "超过": ">", "多于": ">",
    "<": "<", "小于": "<", "低于": "<", "少于": "<",
    "=": "=", "等于": "=", "达到": ">=", "达": ">=",
}  # fmt: skip
_AFTER = {
    "及以上": ">=", "以上": ">=", "及以内": "<=", "以内": "<=", "之内": "<=", "内": "<=",
    "及以下": "<=", "以下": "<=",
}  # fmt: skip
#: What a Chinese numeral has to be followed by: without it 一般 would read "1 般".
_MEASURES = (
    "平方米|平方公里|立方米|公里|千米|人次|批次|场次|个月|小时|工作日|万元|亿元|公斤|公顷|"
    "个|项|次|人|户|名|套|台|辆|架|座|条|家|所|处|件|份|篇|期|批|场|天|年|月|米|吨|亩|元|起|只|头|盏|"
    "站|栋|间|村|种|组|倍|株|例|宗|部|块|对|床|支"
)
_DIGITS = {digit: place for place, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_NUMERAL = "[零〇一二两三四五六七八九十百千万]+"

_SIGNS = "|".join(map(re.escape, sorted(_BEFORE, key=len, reverse=True)))
_OPENING = re.compile(rf"(?P<sign>{_SIGNS})")
_CLOSING = re.compile("|".join(sorted(_AFTER, key=len, reverse=True)) + "$")
_NUMBER = re.compile(r"(?P<number>-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)(?P<unit>.*)")
_PERCENT_IN_WORDS = re.compile(rf"百分之(?P<number>\d+(?:\.\d+)?|{_NUMERAL})$")
_SPELLED = re.compile(rf"(?P<number>{_NUMERAL})(?P<unit>{_MEASURES})$")
_UNIT = re.compile(
    r"(?:[%‰]|[A-Za-z]{1,3}[23]|/?[A-Za-z\u4e00-\u9fff·*、]{0,8}(?:/[\dA-Za-z\u4e00-\u9fff、*]{1,10})?)$"
)
_NOT_A_UNIT = re.compile(
    "到位|完成|提升|提高|增加|下降|减少|左右|余|多$|前|底|之间|至|到|每年|的|达"
)
_COUNTED = re.compile(
    r"(?<![\d.])\d+(?:\.\d+)?(?![\d.年月日])[%‰A-Za-z\u4e00-\u9fff]|百分之"
    rf"|{_NUMERAL}(?:{_MEASURES}|成|度|摄氏度|分钟)"
)
_YEAR = re.compile(r"(?:19|20)\d\d年")


def parse(printed: str | None, unit: str | None = None) -> Target:
    """Read a printed target; `unit` is that of a column of its own and counts when none is printed."""
    text = _plain(printed)
    if not text:
        return Target()
    sign, rest = _sign(text)
    read = _number(rest)
    if read is not None:
        value, printed_unit = read
        return Target(sign or "=", value, printed_unit or unit or None, None, sign is not None)
    if sign is not None and not re.search(r"[\w]", rest):
        return Target(sign, None, rest or unit or None, None, True)
    return Target(QUALITATIVE, None, None, text)


def within(text: str | None) -> Target | None:
    """The target a sentence ends with: 满意率达95%以上 → ≥95%; None when it ends otherwise."""
    said = _plain(text)
    for opening in _OPENING.finditer(said):
        if (found := parse(said[opening.start() :])).value is not None:
            return found
    return None


def numeral(spelled: str) -> int | None:
    """三十二 → 32, 一百二十 → 120, 两万 → 20000; None when it does not read as one number."""
    total = part = digit = 0
    highest = 100000
    for sign in spelled:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        elif sign == "万":
            total, part, digit, highest = (part + digit or 1) * 10000, 0, 0, 10000
        elif _SCALES[sign] < highest:
            highest = _SCALES[sign]
            part, digit = part + (digit or 1) * highest, 0
        else:
            return None
    return total + part + digit


def counts(text: str) -> bool:
    """Whether a text counts something: 120盏, 三十二项, 九成; a date counts nothing."""
    return _COUNTED.search(_plain(text)) is not None


def measure_of(name: str) -> str | None:
    """The measure word a name of a count ends with: 楼栋数 → 栋, 救助人次 → 人次."""
    counted = re.search(rf"({_MEASURES})数$|(人次|批次|场次)$", name)
    return counted[1] or counted[2] if counted else None


def _plain(printed: str | None) -> str:
    """Half-width, without blanks, without the word 定性 that some forms print before the text."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", printed or ""))
    return re.sub(r"^定性:?", "", text).rstrip("。;")


def _sign(text: str) -> tuple[str | None, str]:
    opening = _OPENING.match(text)
    rest = text[opening.end() :] if opening else text
    closing = _CLOSING.search(rest)
    if closing and not (opening and _BEFORE[opening["sign"]] in (">=", ">") and "内" in closing[0]):
        found = _BEFORE[opening["sign"]] if opening else _AFTER[closing[0]]
        return found, rest[: closing.start()]
    return (_BEFORE[opening["sign"]] if opening else None), rest


def _number(rest: str) -> tuple[Decimal, str] | None:
    if _YEAR.match(rest):
        return None
    if plain := _NUMBER.fullmatch(rest):
        unit = plain["unit"]
        if not _UNIT.fullmatch(unit) or _NOT_A_UNIT.search(unit):
            return None
        return Decimal(plain["number"].replace(",", "")), unit
    return _spelled(rest)


def _spelled(rest: str) -> tuple[Decimal, str] | None:
    if percent := _PERCENT_IN_WORDS.fullmatch(rest):
        number = percent["number"]
        value = Decimal(number) if number[0].isdigit() and number.isascii() else numeral(number)
        return None if value is None else (Decimal(value), "%")
    if spelled := _SPELLED.fullmatch(rest):
        count = numeral(spelled["number"])
        return None if count is None else (Decimal(count), spelled["unit"])
    return None
