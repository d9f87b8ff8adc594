"""The sentences of the annual summary, written from its figures, in the order a bureau prints them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.evaluation.domain.amounts import in_wan_yuan, printed
from services.evaluation.domain.summary_tables import ScoredSubject
from services.evaluation.domain.training_effect import USUAL_DAYS
from services.evaluation.domain.vocabulary import GRADES


@dataclass(frozen=True)
class Section:
    """A part of the summary: sentences made of figures; a bureau may add its own words to any."""

    code: str
    title: str
    #: 1 for 一、二、三, 2 for （一）（二）, 3 for 1. 2. 3.
    level: int
    sentences: tuple[str, ...] = ()
    #: Key of the table that stands behind the sentences.
    table: str | None = None


#: The sections that may carry words of the bureau's own.
SECTIONS = (
    "foundation", "goals", "monitoring", "self_evaluation", "key_projects", "departments",
    "highlights", "problems", "next_steps",
)  # fmt: skip


def title(fiscal_year: int) -> str:
    return f"{fiscal_year}年度预算绩效管理工作总结"


def sections(fiscal_year: int, figure: Mapping[str, str]) -> list[Section]:
    """The structure of the summary; `figure` gives the printed value of each figure's code."""
    return [
        Section("foundation", "一、预算绩效管理基础工作", 1),
        Section("key_work", "二、预算绩效管理重点工作", 1),
        Section("goals", "（一）加强预算绩效目标管理", 2, (_goals(fiscal_year, figure),)),
        Section(
            "monitoring",
            "（二）加强预算绩效监控管理",
            2,
            (_monitoring(fiscal_year, figure), _letters(figure)),
        ),
        Section("evaluation", "（三）加强预算绩效评价管理", 2),
        Section(
            "self_evaluation", "1.项目绩效自评与复审", 3, (_self_evaluation(fiscal_year, figure),)
        ),
        Section(
            "key_projects",
            "2.财政重点项目绩效评价",
            3,
            (_key_projects(fiscal_year, figure),),
            "key_projects",
        ),
        Section(
            "departments",
            "3.部门整体绩效评价",
            3,
            (_departments(fiscal_year, figure),),
            "departments",
        ),
        Section("highlights", "三、创新和亮点工作", 1, _trainings(fiscal_year, figure)),
        Section("problems", "四、绩效管理工作存在的问题", 1),
        Section("next_steps", "五、绩效管理工作下一步思路", 1),
    ]


def _goals(fiscal_year: int, figure: Mapping[str, str]) -> str:
    return (
        f"{fiscal_year}年部门预算同步编制项目支出绩效目标，随部门预算批复一同下达，"
        f"绩效目标管理覆盖率 {figure['goal_coverage']}，公开率 {figure['disclosure']}。"
    )


def _monitoring(fiscal_year: int, figure: Mapping[str, str]) -> str:
    return (
        f"{fiscal_year}年人工监控与系统监控相结合，系统发出预警 {figure['warnings']}，"
        f"因监控发现的问题下发整改函 {figure['letters_from_monitoring']}。"
    )


def _self_evaluation(fiscal_year: int, figure: Mapping[str, str]) -> str:
    own = figure["self_evaluation_rechecked_by_bureau"]
    by_bureau = "" if own.startswith("0 ") else f"，财政自行复审 {own}自评"
    return (
        f"{fiscal_year}年开展项目绩效自评，涉及 {figure['self_evaluation_units']}部门（单位）、"
        f"{figure['self_evaluation_projects']}项目、金额 {figure['self_evaluation_amount']}"
        f"（本级资金）；第三方复审 {figure['self_evaluation_rechecked']}自评{by_bureau}，"
        f"根据复审结果下发整改函 {figure['letters_from_self_evaluation']}。"
    )


def _key_projects(fiscal_year: int, figure: Mapping[str, str]) -> str:
    return (
        f"{fiscal_year}年委托 {figure['key_evaluation_agencies']}中介机构对 "
        f"{figure['key_evaluation_projects']}项目开展绩效评价，涉及金额 "
        f"{figure['key_evaluation_amount']}（各级资金），形成 {figure['key_evaluation_scores']}得分。"
    )


def _departments(fiscal_year: int, figure: Mapping[str, str]) -> str:
    return (
        f"{fiscal_year}年委托 {figure['department_evaluation_agencies']}中介机构对 "
        f"{figure['department_evaluation_units']}预算单位开展部门整体绩效评价。"
    )


def _trainings(fiscal_year: int, figure: Mapping[str, str]) -> tuple[str, ...]:
    """Nothing is said of a year without training."""
    if figure["training_events"].startswith("0 "):
        return ()
    return (
        f"{fiscal_year}年组织预算绩效管理培训 {figure['training_events']}，"
        f"登记参加的部门（单位） {figure['trained_units']}。",
        *_before_and_after(figure),
    )


def _before_and_after(figure: Mapping[str, str]) -> tuple[str, ...]:
    """The rates of those who came, beside those of the others if they have any."""
    if "first_pass_attended_before" not in figure:
        return ()
    others = (
        f"，未参加的由 {figure['first_pass_others_before']} 到 {figure['first_pass_others_after']}"
        if "first_pass_others_before" in figure
        else ""
    )
    return (
        f"参加单位最多的一次培训前后各 {USUAL_DAYS} 天，绩效目标首次审核通过率：参加的单位由 "
        f"{figure['first_pass_attended_before']} 到 {figure['first_pass_attended_after']}{others}"
        "（只列数字，不作因果判断）。",
    )


def _letters(figure: Mapping[str, str]) -> str:
    return f"全年下发整改函 {figure['letters_sent']}，已核实整改到位 {figure['letters_verified']}。"


def amount_note(key: Decimal, key_county: Decimal, self_evaluated: Decimal) -> str | None:
    """Why fewer projects may carry more money; None when they don't."""
    if key <= self_evaluated:
        return None
    return (
        f"重点评价金额 {_wan(key)}大于自评金额 {_wan(self_evaluated)}，两者口径不同："
        "前者为被评价项目当年批复预算的各级资金（中央、自治区、市、本级），"
        "后者为全部自评项目当年批复预算中的本级资金。"
        f"重点评价金额中的本级资金为 {_wan(key_county)}。"
    )


def score_note(projects: int, scores: int, shared: int, divided: int) -> str | None:
    """Why there are not as many scores as projects; None when there are."""
    if projects == scores:
        return None
    return (
        f"{projects} 个重点评价项目有 {scores} 个得分：覆盖多个项目的得分有 {shared} 个，"
        f"按实施单位有多个得分的项目有 {divided} 个。项目数按项目去重，不按得分计。"
    )


def open_note(count: int) -> str | None:
    """Self-evaluations that no figure counts yet."""
    return f"尚有 {count} 个项目的自评未报送，未计入自评的单位数、项目数和金额。" if count else None


def unfinished_note(count: int) -> str | None:
    """Evaluations that no figure counts yet."""
    return f"尚有 {count} 项评价的结果未审定，未计入评价的各项数字和表格。" if count else None


def grades_note(subjects: Iterable[ScoredSubject]) -> str | None:
    """Units that stand in the tables with more than one grade; None when there is none."""
    by_unit: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in subjects:
        named = by_unit.setdefault((one.unit_code, one.unit_name), {}).setdefault(one.grade, [])
        named.append(one.project_name or "部门整体")
    said = [
        f"{name}：{'；'.join(f'{GRADES[grade]}（{_named(what)}）' for grade, what in grades.items())}"
        for (_, name), grades in by_unit.items()
        if len(grades) > 1
    ]
    return f"同一单位有不同等级：{'。'.join(said)}。" if said else None


def changes_note(before: Mapping[str, str], now: Mapping[str, str], number: int) -> str | None:
    """Figures that differ from those last issued, by label; None when none does."""
    changed = [
        f"{label} {before[label]} → {value}"
        for label, value in now.items()
        if label in before and before[label] != value
    ]
    return f"与第 {number} 次印发相比，{'；'.join(changed)}。" if changed else None


def _named(names: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(names))


def _wan(yuan: Decimal) -> str:
    return printed(in_wan_yuan(yuan))
