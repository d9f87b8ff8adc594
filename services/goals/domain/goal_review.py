"""审核: four contents; key projects by the quantitative table, others by judgement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.goals.domain.goal_states import ReviewGrade
from services.goals.domain.vocabulary import GRADES
from shared.rulebook import Version

_BEST_FIRST = list(ReviewGrade)


class ReviewRefused(ValueError):
    """The review can't stand as given: where, and why in Chinese."""

    def __init__(self, pointer: str, code: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.pointer, self.code, self.message, self.mend = pointer, code, message, mend


@dataclass(frozen=True)
class Opinion:
    """What the officer said of one item of the table, or of one of the four contents."""

    code: str
    score: Decimal | None = None
    grade: ReviewGrade | None = None
    text: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The conclusion and, for the quantitative table, its total."""

    grade: ReviewGrade
    total: Decimal | None


def by_table(scores: Sequence[Opinion], claimed: ReviewGrade | None, rule: Version) -> Verdict:
    """Σ of the table's items and its grade. Raises ReviewRefused on a missing, double or
    impossible score, or when the officer's own conclusion is another one."""
    weights: Mapping[str, Decimal] = (rule.values or {})["items"]
    _require_each_once(scores, weights, rule)
    total = Decimal(0)
    for index, one in enumerate(scores):
        if one.score is None or not 0 <= one.score <= weights[one.code]:
            raise ReviewRefused(
                f"/items/{index}/score", "score_out_of_range",
                f"{_named([one.code], rule)}的分数应在 0–{weights[one.code]} 之间",
                "请按量化审核表的分值打分",
            )  # fmt: skip
        total += one.score
    grade = grade_of(total, rule)
    if claimed is not None and claimed is not grade:
        raise ReviewRefused(
            "/grade", "grade_off_total",
            f"总分 {total} 对应的结论是{GRADES[grade]}，不是{GRADES[claimed]}",
            "请不填结论（由总分得出），或核对各项分数",
        )  # fmt: skip
    return Verdict(grade, total)


def by_judgement(opinions: Sequence[Opinion], claimed: ReviewGrade, rule: Version) -> Verdict:
    """The officer's conclusion; it can't be better than the worst of the contents judged."""
    contents: Sequence[str] = (rule.values or {})["contents"]
    seen: set[str] = set()
    for index, one in enumerate(opinions):
        if one.code not in contents or one.code in seen:
            raise ReviewRefused(
                f"/items/{index}/code", "unknown_item",
                f"{one.code} 不是四项审核内容之一，或出现两次", f"可用：{_named(contents, rule)}",
            )  # fmt: skip
        if one.score is not None:
            raise ReviewRefused(
                f"/items/{index}/score", "score_without_table",
                "只有重点项目按量化审核表打分", "请改填 grade（优、良、中、差之一）或 opinion",
            )  # fmt: skip
        seen.add(one.code)
    graded = [one.grade for one in opinions if one.grade is not None]
    worst = max(graded, key=_BEST_FIRST.index, default=claimed)
    if _BEST_FIRST.index(claimed) < _BEST_FIRST.index(worst):
        raise ReviewRefused(
            "/grade", "grade_above_opinions",
            f"结论“{GRADES[claimed]}”高于分项意见中最低的“{GRADES[worst]}”",
            "请降低结论，或改分项意见",
        )  # fmt: skip
    return Verdict(claimed, None)


def grade_of(total: Decimal, rule: Version) -> ReviewGrade:
    """The grade of a total: the first whose floor it reaches."""
    floors: Mapping[str, Decimal] = (rule.values or {})["grades"]
    return next(grade for grade in _BEST_FIRST if total >= floors[grade])


def _named(codes: Iterable[str], rule: Version) -> str:
    labels: Mapping[str, str] = (rule.values or {})["labels"]
    return "、".join(f"{labels[code]}（{code}）" if code in labels else code for code in codes)


def _require_each_once(
    scores: Sequence[Opinion], weights: Mapping[str, Decimal], rule: Version
) -> None:
    codes = [one.code for one in scores]
    wrong = sorted({*weights, *codes} - ({*weights} & {*codes}))
    if wrong or len(codes) != len(set(codes)):
        raise ReviewRefused(
            "/items", "table_incomplete",
            f"重点项目须按量化审核表逐项打分：{_named(wrong, rule) or '有一项出现两次'}",
            f"每项各打一次分：{_named(weights, rule)}",
        )  # fmt: skip
