"""The mid-year forms, the ones sent back, and the letters that follow red warnings."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from deploy.demo.generate_files import EXAMPLE, Row, cents, plain
from deploy.demo.generate_goals import Goal, Indicator
from deploy.demo.generate_payments import Pace
from deploy.demo.generate_readings import met, reading, share

FORM_COLUMNS = ("project_code", "executed_forecast", "synthetic")
FORM_ROW_COLUMNS = (
    "project_code", "position", "actual_to_date", "actual_forecast", "band", "deviation_causes",
    "deviation_text", "likelihood", "synthetic",
)  # fmt: skip
RETURNED_FORM_COLUMNS = (
    "project_code", "position", "field", "first_value", "reason", "synthetic",
)  # fmt: skip
LETTER_COLUMNS = (
    "unit_code", "letter_no", "due_on", "project_codes", "text", "measures", "completed_on",
    "outcome", "synthetic",
)  # fmt: skip

_RED_CAUSES = (
    ("system", "招标文件两次修改，5 月才发布公告，6 月下旬签订合同；计划 11 月底前全部完成。"),
    ("staffing", "经办人员 3 月调离，接手人员 5 月到岗，方案晚审两个月；现按周倒排工期。"),
    ("hardware", "场地移交推迟到 6 月，设备不能进场；7 月中旬已进场，计划 10 月完成安装。"),
    ("funding;system", "付款条件是验收后支付，首批成果 7 月底才验收；8 月支付首批款项。"),
    ("other", "服务对象名单核对用时超过计划，6 月底才确定名单；7 月起集中开展。"),
    ("staffing;other", "供应商人员不足，上半年只开展了少量工作；已约谈并要求 8 月增派人员。"),
)
_YELLOW_CAUSES = (
    ("other", "工作主要安排在秋季，上半年完成量低于按月平均数；9 月起集中开展。"),
    ("system", "合同比计划晚签一个月，进度顺延；10 月底可追平。"),
)
_OUTLOOK = {"green": (520, 660), "yellow": (375, 455), "red": (140, 320)}
_MEASURES = "倒排工期并按周报送进度；已支付到期款项；由单位负责人每月核对一次支付计划。"


def form_rows(goals: list[Goal], paces: dict[str, Pace], paid: dict[str, Decimal]) -> Iterator[Row]:
    for goal in goals:
        code, total = goal.project.code, goal.project.total
        late = paces[code].late
        forecast = min(total, paid[code] + total * Decimal("0.08")) if late else paid[code]
        yield {
            "project_code": code,
            "executed_forecast": f"{cents(forecast):.2f}",
            "synthetic": "true",
        }


def monitoring_rows(goals: list[Goal], paces: dict[str, Pace]) -> list[Row]:
    """One row an indicator; what holds a project up is said of each row it holds up."""
    rng = Random("xingqing-2023-monitoring")
    reasons: dict[str, tuple[str, str]] = {}
    rows = []
    for goal in goals:
        code = goal.project.code
        for indicator in goal.indicators:
            drawn = _deviation(indicator, paces[code], rng)
            reason = reasons.setdefault(code, drawn) if drawn[0] else drawn
            rows.append(_form_row(goal, indicator, paces[code], reason, rng))
    return rows


def returned_forms(goals: list[Goal], paces: dict[str, Pace]) -> list[Row]:
    """Six forms whose cause says nothing; the second version is in monitoring_rows.csv."""
    rng = Random("xingqing-2023-returned-forms")
    red = [goal for goal in goals if paces[goal.project.code].colour == "red"]
    chosen = sorted(rng.sample(red, 6), key=lambda goal: goal.project.code)
    return [
        {
            "project_code": goal.project.code,
            "position": str(goal.of("quantity").position),
            "field": "deviation_text",
            "first_value": "项目正在推进。",
            "reason": "原因说明没有写明卡在哪一步、谁负责、何时完成，请补充后重报。",
            "synthetic": "true",
        }
        for goal in chosen
    ]


def monitoring_letters(goals: list[Goal], paces: dict[str, Pace]) -> list[Row]:
    """One letter to each of the first eight units with two red projects."""
    red: dict[str, list[str]] = {}
    for goal in goals:
        if paces[goal.project.code].colour == "red":
            red.setdefault(goal.project.unit.code, []).append(goal.project.code)
    doubled = {unit: codes for unit, codes in red.items() if len(codes) > 1}
    letters = list(doubled.items())[:8]
    return [_letter(number, *letter) for number, letter in enumerate(letters, start=1)]


def _form_row(goal: Goal, row: Indicator, pace: Pace, reason: tuple[str, str], rng: Random) -> Row:
    causes, text = reason
    to_date, forecast, band = _progress(row, pace, rng)
    return {
        "project_code": goal.project.code,
        "position": str(row.position),
        "actual_to_date": to_date,
        "actual_forecast": forecast,
        "band": band,
        "deviation_causes": causes,
        "deviation_text": text,
        "likelihood": _likelihood(row, pace),
        "synthetic": "true",
    }


def _progress(row: Indicator, pace: Pace, rng: Random) -> tuple[str, str, str]:
    """Reading to date, reading expected for the year, band."""
    if row.target is None:
        return "", "", "achieved" if pace.colour == "green" else "partial"
    if row.counted:
        return plain(reading(row, share(rng, *_OUTLOOK[pace.colour]))), _expected(row, pace), ""
    if _behind(row, pace):
        return plain(reading(row, share(rng, 350, 550))), _expected(row, pace), ""
    value = plain(met(row, rng))
    return value, value, ""


def _expected(row: Indicator, pace: Pace) -> str:
    return plain(reading(row, Decimal("0.9") if pace.late else Decimal(1)))


def _behind(row: Indicator, pace: Pace) -> bool:
    return pace.colour == "red" and row.level2 in ("quantity", "timeliness")


def _deviation(row: Indicator, pace: Pace, rng: Random) -> tuple[str, str]:
    if _behind(row, pace):
        return _RED_CAUSES[rng.randrange(len(_RED_CAUSES))]
    if pace.colour == "yellow" and row.counted:
        return _YELLOW_CAUSES[rng.randrange(len(_YELLOW_CAUSES))]
    return "", ""


def _likelihood(row: Indicator, pace: Pace) -> str:
    if not _behind(row, pace):
        return "certain"
    return "impossible" if pace.final < Decimal("0.62") else "possible"


def _letter(number: int, unit_code: str, codes: list[str]) -> Row:
    return {
        "unit_code": unit_code,
        "letter_no": f"兴财绩函〔2023〕{number}号{EXAMPLE}",
        "due_on": "2023-09-28",
        "project_codes": ";".join(codes),
        "text": f"截至 7 月底支付进度低于序时进度的 60 %，请查明原因、按期反馈措施。{EXAMPLE}",
        "measures": f"{_MEASURES}{EXAMPLE}",
        "completed_on": f"2023-09-{18 + number % 5}",
        "outcome": "verified",
        "synthetic": "true",
    }
