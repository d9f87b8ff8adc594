"""总体目标: written (C1), in words of its own (C10), and naming what will be produced (C11)."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from services.goals.domain.coach_sheet import Finding, Line, Sheet, plain, shown
from services.goals.domain.goal_content import QUALITATIVE
from services.goals.domain.targets import counts

#: So much of two texts tells a copy. The comparison takes the square of their length, and a unit may
#: have two hundred goals.
_COMPARED = 500


def _blank(sheet: Sheet) -> Iterator[Finding]:
    if not plain(sheet.content.annual_goal):
        drafted = sentence(sheet)
        yield sheet.finding(
            "C1", "/annual_goal", "还没有写年度目标",
            mend="请用一两句话写清今年做什么、做到多少、达到什么效果"
            f"（写法如“{sheet.coach['examples']['goal']}”）；指标填好后可由指标生成",
            example=drafted,
            proposal={"/annual_goal": drafted} if drafted else None,
        )  # fmt: skip


def _worded(sheet: Sheet) -> Iterator[Finding]:
    """A copy, or else a text without an output: a copy is the one fault to mend first."""
    goal = plain(sheet.content.annual_goal)
    if goal and (source := _source(sheet, goal)):
        yield sheet.finding(
            "C10", "/annual_goal", f"年度目标照抄了{source}",
            mend=f"请写本项目今年自己的产出和效果，写法如“{sheet.coach['examples']['goal']}”",
            example=sentence(sheet),
        )  # fmt: skip
    elif goal and sheet.content.annual and (why := _without_output(sheet, goal)):
        yield sheet.finding(
            "C11", "/annual_goal", why,
            mend="请写明做什么、做多少，与数量指标对得上，"
            f"写法如“{sheet.coach['examples']['goal']}”",
            example=sentence(sheet),
        )  # fmt: skip


def _midterm(sheet: Sheet) -> Iterator[Finding]:
    goal = plain(sheet.content.annual_goal)
    if goal and goal == plain(sheet.content.midterm_goal):
        yield sheet.finding(
            "C10", "/midterm_goal", "中期目标与年度目标一字不差",
            mend="中期目标写整个实施期，年度目标只写今年；一年期项目的中期目标可以不填",
            proposal={"/midterm_goal": None},
        )  # fmt: skip


CHECKS = (_blank, _worded, _midterm)


def sentence(sheet: Sheet) -> str | None:
    """A goal sentence from the draft's own sound rows; None while there is none."""
    sound = [line for line in sheet.annual if line.index not in sheet.faulty]
    said = [text for line in sound[:4] if (text := _clause(line))]
    if not said:
        return None
    name = sheet.context.project_name
    return f"{f'实施{name}，' if name else ''}年底达到：{'；'.join(said)}"


def _clause(line: Line) -> str | None:
    row = line.row
    if row.operator == QUALITATIVE:
        return f"{line.name}：{row.target_text}" if plain(row.target_text) else None
    if row.target_value is None:
        return None
    words = {">=": "不少于", ">": "超过", "<=": "不超过", "<": "低于"}
    how = words.get(row.operator or "", "为")
    return f"{line.name}{how} {shown(row.target_value)}{row.unit_of_measure or ''}"


def _source(sheet: Sheet, goal: str) -> str | None:
    """What the annual goal repeats, if anything."""
    if _alike(sheet, goal, sheet.context.project_name):
        return "项目名称"
    for line in sheet.lines:
        if _alike(sheet, goal, line.row.name):
            return f"指标名称“{line.row.name}”"
    for other in sheet.context.other_goals:
        if _alike(sheet, goal, other):
            return f"另一个项目的目标“{other[:30]}”"
    return None


def _alike(sheet: Sheet, goal: str, other: str | None) -> bool:
    text = plain(other)[:_COMPARED]
    if not text:
        return False
    matcher = SequenceMatcher(None, goal[:_COMPARED], text, autojunk=False)
    least = float(sheet.coach["copied_above"])
    # From cheap upper bounds to the real figure: a unit may have a hundred other goals.
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= least for bound in bounds)


def _without_output(sheet: Sheet, goal: str) -> str | None:
    if len(goal) < sheet.coach["shortest_goal"]:
        return f"年度目标只有 {len(goal)} 个字，说不清做什么"
    if _names_output(sheet, goal):
        return None
    return "年度目标没有数量，也没有提到数量指标考核的事项"


def _names_output(sheet: Sheet, goal: str) -> bool:
    if counts(goal):
        return True
    quantities = [line.name for line in sheet.annual if line.row.level2 == "quantity"]
    return bool(_bigrams(goal) & {pair for name in quantities for pair in _bigrams(name)})


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
