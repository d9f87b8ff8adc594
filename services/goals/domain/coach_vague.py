"""定性指标: a target text that can be checked at the year's end (G7), and not one target for all (C4)."""

import re
from collections.abc import Iterator

from services.goals.domain import targets
from services.goals.domain.coach_sheet import Finding, Sheet, holds, plain
from services.goals.domain.coach_targets import says_nothing, text_example
from services.goals.domain.goal_content import QUALITATIVE


def _vague(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        text = line.row.target_text
        if line.row.operator != QUALITATIVE or says_nothing(sheet, line):
            continue
        if targets.parse(text).value is None and (why := vagueness(sheet, line.name, plain(text))):
            yield sheet.finding(
                "G7", line.at("target_text"), f"“{text}”{why}",
                mend="请写成年底能核对的状态：数字、时限、依据的标准，或“未发生……”“全部……”；"
                "能用数字的改为定量",
                example=text_example(sheet, line),
            )  # fmt: skip


def _alike(sheet: Sheet) -> Iterator[Finding]:
    rows = [row for row in sheet.content.annual if row.operator]
    figures = [
        (row.target_value, row.unit_of_measure) for row in rows if row.target_value is not None
    ]
    texts = [plain(row.target_text) for row in rows if row.operator == QUALITATIVE]
    for kind, said in (("数值", figures), ("文字", [text for text in texts if text])):
        if len(said) >= sheet.coach["alike_from"] and len(set(said)) == 1:
            yield sheet.finding(
                "C4", "/indicators", f"{len(said)} 条指标的{kind}完全一样，看不出各自要做到什么程度",
                mend="请逐条填写：数量写实际要做的数，比率按上年水平定，定性写各自可核对的状态",
            )  # fmt: skip


CHECKS = (_vague, _alike)


def vagueness(sheet: Sheet, name: str, text: str) -> str | None:
    """Why a text can't be checked at the year's end; None when it names something that can."""
    words = sheet.coach["vague"]
    if text == name and not re.search(r"\d", text):
        return "只是重复了指标名称"
    degree = next((word for word in words["degrees"] if word in text), None)
    if _checkable(sheet, name, text, degree is not None):
        return None
    return f"里的“{degree}”说不清做到什么程度" if degree else "看不出年底凭什么核对"


def _checkable(sheet: Sheet, name: str, text: str, has_degree: bool) -> bool:
    """A number, a standard or "each one" can be checked in spite of words of degree; a state or an
    absence only without them."""
    words = sheet.coach["vague"]
    if targets.counts(text) or re.search(r"\d", re.sub(r"(?:19|20)\d\d年?", "", text)):
        return True
    if re.search(words["compared"], text) or re.search(words["each"], text):
        return True
    if has_degree:
        return False
    if re.search(r"\d", text) or (re.search(words["asked"], name) and text in words["answers"]):
        return True
    found = re.search(words["absent"], text) or re.search(words["seen"], text)
    return bool(found) or holds(text, words["states"])
