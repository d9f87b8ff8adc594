"""指标值: complete (G3), in the right column (C13), not contradicted by the words beside it (C14,
C15), possible (C8, C6) and credible (C7)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from services.goals.domain import targets
from services.goals.domain.coach_sheet import Finding, Line, Sheet, ends, holds, plain, shown
from services.goals.domain.goal_content import OPERATORS, QUALITATIVE


def _complete(sheet: Sheet) -> Iterator[Finding]:
    """The first thing a target lacks; the rest shows when that is mended."""
    for line in sheet.lines:
        row = line.row
        if row.target_value is None and says_nothing(sheet, line):
            yield _no_target(sheet, line)
        elif row.operator not in OPERATORS:
            yield _no_operator(sheet, line)
        elif row.operator == QUALITATIVE and not plain(row.target_text):
            yield _figure_as_quality(sheet, line)
        elif row.operator != QUALITATIVE and row.target_value is None:
            yield _text_as_figure(sheet, line)


def _no_target(sheet: Sheet, line: Line) -> Finding:
    if line.row.operator == QUALITATIVE:
        return sheet.finding(
            "G3", line.at("target_text"), f"“{line.row.name}”没有写明目标状态",
            mend="请写出年底能看得见、查得到的状态；不适用的指标请删去",
            example=text_example(sheet, line),
        )  # fmt: skip
    examples = sheet.coach["examples"]
    return sheet.finding(
        "G3", line.at("target_value"), f"“{line.row.name}”没有指标值",
        mend="请填写年底要达到的数值；说不出数值的，把指标性质改为定性并写明状态",
        example=examples["ratio"] if sheet.is_ratio(line.name) else examples["count"],
    )  # fmt: skip


def _no_operator(sheet: Sheet, line: Line) -> Finding:
    row = line.row
    proposal = _read(line) if row.target_value is None else {}
    if not proposal:
        found = QUALITATIVE if row.target_value is None else _direction(sheet, line)
        proposal = {line.at("operator"): found}
    return sheet.finding(
        "G3", line.at("operator"), f"“{row.name}”没有选指标性质（≥、＞、＝、＜、≤或定性）",
        mend="越多越好选≥，越少越好选≤，只能用文字描述的选定性",
        proposal=proposal,
    )  # fmt: skip


def _figure_as_quality(sheet: Sheet, line: Line) -> Finding:
    return sheet.finding(
        "G3", line.at("operator"), f"“{line.row.name}”选了定性，却只填了数值",
        mend="有数值就把指标性质改为≥、≤或＝",
        proposal={line.at("operator"): _direction(sheet, line)},
    )  # fmt: skip


def _text_as_figure(sheet: Sheet, line: Line) -> Finding:
    read = _read(line)
    return sheet.finding(
        "G3", line.at("target_value"), f"“{line.row.name}”是定量指标，数值栏却是空的",
        mend="请把数值填在数值栏" if read else "请填写数值，或把指标性质改为定性",
        proposal=read or {line.at("operator"): QUALITATIVE},
    )  # fmt: skip


def _number_in_text(sheet: Sheet, line: Line) -> Iterator[Finding]:
    if line.row.operator != QUALITATIVE:
        return
    read, said = _read(line), line.row.target_text
    if read or (targets.within(said) and not re.search(sheet.coach["vague"]["each"], said or "")):
        yield sheet.finding(
            "C13", line.at("target_text"), f"“{said}”含有数值，却填在文字栏",
            mend="请改为定量：选比较符号，数值和单位分别填写，系统才能计算完成率",
            proposal=read,
        )  # fmt: skip


def _contradicted(sheet: Sheet, line: Line) -> Iterator[Finding]:
    """The text beside the number, or the name, limits the other way round."""
    if not line.quantitative:
        return
    for said in (line.row.target_text, line.row.name):
        if sense := _opposed(said, line.row.operator or ""):
            yield sheet.finding(
                "C14", line.at("operator"),
                f"文字写的是“{said}”，指标性质却是“{line.row.operator}”",
                mend="请核对是不低于还是不超过，使文字与符号一致",
                proposal={line.at("operator"): sense},
            )  # fmt: skip
            return


def _upside_down(sheet: Sheet, line: Line) -> Iterator[Finding]:
    raised = line.row.operator in (">=", ">")
    if line.quantitative and raised and sheet.lower_is_better(line.name):
        yield sheet.finding(
            "C15", line.at("operator"), f"“{line.row.name}”越小越好，却定了下限",
            mend="请改为≤，写明最多不超过多少",
            proposal={line.at("operator"): "<="},
        )  # fmt: skip


def _negative(sheet: Sheet, line: Line) -> Iterator[Finding]:
    value = line.row.target_value
    if (
        value is not None
        and value < 0
        and not holds(line.name, sheet.coach["units"]["may_be_negative"])
    ):
        yield sheet.finding(
            "C8", line.at("target_value"), f"指标值 {shown(value)} 是负数",
            mend="请填写不小于 0 的数；要表示减少的，把名称写成“减少……”",
            proposal={line.at("target_value"): shown(-value)},
        )  # fmt: skip


def _above_all(sheet: Sheet, line: Line) -> Iterator[Finding]:
    row = line.row
    if not line.quantitative or row.unit_of_measure not in ("%", "百分比"):
        return
    value = row.target_value or Decimal(0)
    if value > 100 and ends(line.name, sheet.coach["units"]["capped"]):
        yield sheet.finding(
            "C6", line.at("target_value"), f"“{row.name}”不可能超过 100%，现填 {shown(value)}%",
            mend="请改为不超过 100 的数",
            proposal={line.at("target_value"): "100"},
        )  # fmt: skip
    if value == 100 and row.level1 == "satisfaction":
        yield sheet.finding(
            "C7", line.at("target_value"), "满意度定为 100%，有一人不满意就完不成",
            mend="请按调查的实际水平定，如不低于 90%",
            example="90",
        )  # fmt: skip


def _rows(sheet: Sheet) -> Iterator[Finding]:
    for line in sheet.lines:
        for one in (
            _number_in_text, _contradicted, _upside_down, _negative, _above_all,
        ):  # fmt: skip
            yield from one(sheet, line)


CHECKS = (_complete, _rows)


def says_nothing(sheet: Sheet, line: Line) -> bool:
    """Whether the text column is blank or holds a filler (无、不适用); 无 answers a 是否."""
    said = targets.parse(line.row.target_text)
    if said.value is not None or said.text is None:
        return said.value is None
    words = sheet.coach["vague"]
    answered = re.search(words["asked"], line.name) and said.text in words["answers"]
    return said.text in words["nothing"] and not answered


def text_example(sheet: Sheet, line: Line) -> str:
    """A target text of the row's kind that can be checked."""
    texts = sheet.coach["examples"]["text"]
    return str(texts.get(line.row.level2) or texts["quality"])


def _read(line: Line) -> dict[str, str | None]:
    """The edits that move a number out of the text; none when the text is not a number."""
    said = targets.parse(line.row.target_text)
    if said.value is None:
        return {}
    return {
        line.at("operator"): said.operator,
        line.at("target_value"): shown(said.value),
        line.at("unit_of_measure"): said.unit or line.row.unit_of_measure,
        line.at("target_text"): None,
    }


def _direction(sheet: Sheet, line: Line) -> str:
    return "<=" if sheet.lower_is_better(line.name) else ">="


def _opposed(said: str | None, operator: str) -> str | None:
    """The operator words ask for, when they limit the other way than `operator`."""
    limit = re.search(
        r"(不低于|不少于|不小于|至少|≥|≧)|(不超过|不高于|不多于|不大于|至多|以内|≤|≦)", said or ""
    )
    if limit is None:
        return None
    asked = ">=" if limit[1] else "<="
    return asked if operator[0] in "<>" and operator[0] != asked[0] else None
