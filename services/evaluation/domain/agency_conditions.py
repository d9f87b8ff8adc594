"""第三方机构和主评人的条件: which agencies may be engaged, and who may lead an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.refusals import Refusal
from services.evaluation.domain.rule_values import citation, read
from services.evaluation.domain.vocabulary import AGENCY_STATES
from shared.rulebook import Version


@dataclass(frozen=True)
class Standing:
    """What the register says of an agency; violations are the days and contents declared."""

    name: str
    status: str
    status_reason: str | None
    qualified_until: date | None
    violations: Sequence[tuple[date, str]]


@dataclass(frozen=True)
class AgencyConditions:
    """The conditions of a day, each with its own source."""

    citation: Citation
    clean: Citation
    clean_years: int
    lead: Citation
    lead_years: int
    lead_scopes: frozenset[str]

    def refusals(self, agency: Standing, starts_on: date) -> list[Refusal]:
        """Why the agency may not be given a contract that begins on the day; empty if it may."""
        found = []
        if agency.status != "active":
            found.append(self._not_active(agency))
        if agency.qualified_until is not None and agency.qualified_until < starts_on:
            found.append(self._qualification_over(agency.name, agency.qualified_until))
        found += [
            self._violation(agency.name, day, content)
            for day, content in agency.violations
            if _years_later(day, self.clean_years) > _ymd(starts_on)
        ]
        return found

    def lead_gaps(
        self, *, title: str | None, credential: str | None, experience_years: int
    ) -> list[str]:
        """What a person lacks to lead an evaluation; empty for a lead evaluator (主评人)."""
        gaps = []
        if title is None and credential is None:
            gaps.append("没有专业技术职称或执业资格")
        if experience_years < self.lead_years:
            gaps.append(f"相关工作经历 {experience_years} 年，不足 {self.lead_years} 年")
        return gaps

    def lead_missing(self, scope: str, lead_count: int) -> list[Refusal]:
        """A contract for an evaluation names somebody who may lead it."""
        if scope not in self.lead_scopes or lead_count > 0:
            return []
        return [
            Refusal(
                "lead_evaluator_missing",
                "/staff_ids",
                "合同写明的评价人员中没有符合条件的主评人",
                "请至少写明一位主评人：有专业技术职称或执业资格，"
                f"且相关工作经历满 {self.lead_years} 年",
                self.lead,
            )
        ]

    def _not_active(self, agency: Standing) -> Refusal:
        state = AGENCY_STATES[agency.status]
        return Refusal(
            f"agency_{agency.status}",
            "/agency_id",
            f"{agency.name}在名录中为“{state}”（{agency.status_reason}）",
            "请改由名录中状态正常的机构承担",
            self.citation,
        )

    def _qualification_over(self, name: str, last_day: date) -> Refusal:
        return Refusal(
            "agency_qualification_over",
            "/starts_on",
            f"{name}的资质至 {last_day} 为止，早于合同开始日期",
            "请先在名录中登记新的资质有效期，或改由其他机构承担",
            self.citation,
        )

    def _violation(self, name: str, day: date, content: str) -> Refusal:
        return Refusal(
            "agency_violated",
            "/agency_id",
            f"{name}于 {day} 有重大违法违规（{content}），距合同开始不满 {self.clean_years} 年",
            "请改由近年无重大违法违规的机构承担；登记有误的，请先在名录中撤销该条",
            self.clean,
        )


def agency_conditions(version: Version) -> AgencyConditions:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "clean_record", "lead_evaluator")
    clean = values.table("clean_record").only("source", "years")
    lead = values.table("lead_evaluator").only("source", "years", "scopes")
    return AgencyConditions(
        citation=citation(version),
        clean=citation(version, clean),
        clean_years=clean.whole("years", low=1),
        lead=citation(version, lead),
        lead_years=lead.whole("years"),
        lead_scopes=frozenset(lead.texts("scopes")),
    )


def _years_later(day: date, years: int) -> tuple[int, int, int]:
    """The same day of a later year, also when that year has no 29 February."""
    return day.year + years, day.month, day.day


def _ymd(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day
