"""委托合同的内容: what a contract has to say, and what its instalments may come to."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.evaluation.domain.numbers import plain
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.refusals import Refusal
from services.evaluation.domain.rule_values import Reader, citation
from shared.rulebook import Version

_DECLARATIONS = {"no_subcontracting": "不得转包、擅自分包", "confidentiality": "保密"}


@dataclass(frozen=True)
class Instalment:
    """分期付款: a fixed amount of one fund level, on a day or with a deliverable."""

    amount: Decimal
    fund_level: str
    due_on: date | None
    deliverable: int | None


@dataclass(frozen=True)
class Contract:
    """What of a contract the rule looks at; `covered_units` are those evaluated under it."""

    entrusted_by: str | None
    covered_units: Collection[str]
    declared: Collection[str]
    fee_basis: str
    amount: Decimal | None
    fund_level: str | None
    instalments: Sequence[Instalment]
    staff_count: int


@dataclass(frozen=True)
class ContractRule:
    """What a contract says by rule; None is a number that nobody has set."""

    citation: Citation
    separation: Citation
    min_experts: int | None
    archive_years: int | None

    def refusals(self, contract: Contract) -> list[Refusal]:
        """What is wrong with the contract, all of it at once."""
        return [
            *self._separated(contract),
            *self._declared(contract),
            *self._enough_staff(contract),
            *self._instalments(contract),
        ]

    def archive_until(self, ends_on: date) -> date | None:
        """The day until which the papers are kept; a leap day's year later ends on 1 March."""
        if self.archive_years is None:
            return None
        year = ends_on.year + self.archive_years
        try:
            return ends_on.replace(year=year)
        except ValueError:
            return date(year, 3, 1)

    def warnings(self) -> list[str]:
        """The numbers that the bureau has not set, in words for whoever reads a contract."""
        unset = {"评价人员最低人数": self.min_experts, "档案保存年限": self.archive_years}
        return [
            f"未配置：{name}（官方文本未见确定数字，请按本地规定设定）"
            for name, number in unset.items()
            if number is None
        ]

    def _separated(self, contract: Contract) -> Iterator[Refusal]:
        if contract.entrusted_by in contract.covered_units:
            yield Refusal(
                "entrusting_unit_covered",
                "/entrusted_by",
                f"单位 {contract.entrusted_by} 不能既是委托主体又是绩效管理对象",
                "请由财政部门或其主管部门委托，或将该单位及其项目移出委托范围",
                self.separation,
            )

    def _declared(self, contract: Contract) -> Iterator[Refusal]:
        for name, label in _DECLARATIONS.items():
            if name not in contract.declared:
                yield Refusal(
                    "declaration_missing",
                    f"/{name}",
                    f"合同没有写明“{label}”",
                    f"请在合同中写明“{label}”后登记为 true",
                    self.citation,
                )

    def _enough_staff(self, contract: Contract) -> Iterator[Refusal]:
        if self.min_experts is not None and contract.staff_count < self.min_experts:
            yield Refusal(
                "staff_too_few",
                "/staff_ids",
                f"合同写明评价人员 {contract.staff_count} 人，少于 {self.min_experts} 人",
                f"请至少写明 {self.min_experts} 位评价人员",
                self.citation,
            )

    def _instalments(self, contract: Contract) -> Iterator[Refusal]:
        for index, each in enumerate(contract.instalments):
            if contract.fund_level not in (None, each.fund_level):
                yield self._of_instalment(
                    index, "instalment_level_differs", "fund_level", "资金级次与合同金额的不同",
                    "请填写与合同金额相同的资金级次",
                )  # fmt: skip
            if contract.fee_basis == "by_date" and each.due_on is None:
                yield self._of_instalment(
                    index, "instalment_off_basis", "due_on", "没有写明付款日期",
                    "合同约定按日期分期支付，请填写付款日期",
                )  # fmt: skip
            if contract.fee_basis == "by_deliverable" and each.deliverable is None:
                yield self._of_instalment(
                    index, "instalment_off_basis", "deliverable", "没有写明对应的交付成果",
                    "合同约定按交付成果分期支付，请填写成果的序号",
                )  # fmt: skip
        yield from self._sum(contract)

    def _sum(self, contract: Contract) -> Iterator[Refusal]:
        total = sum((each.amount for each in contract.instalments), Decimal(0))
        if total > (contract.amount or 0):
            yield Refusal(
                "instalments_over_amount",
                "/instalments",
                f"分期付款合计 {plain(total)} 元，超出合同金额 {plain(contract.amount or 0)} 元",
                "请填写合同金额，并使各期合计不超过它",
                self.citation,
            )

    def _of_instalment(self, index: int, code: str, field: str, message: str, mend: str) -> Refusal:
        return Refusal(
            code,
            f"/instalments/{index}/{field}",
            f"第 {index + 1} 期付款{message}",
            mend,
            self.citation,
        )


def contract_rule(version: Version, values: Reader) -> ContractRule:
    """The part of the entrustment rule that is about contracts."""
    separation = values.table("separation").only("source")
    numbers = values.table("contract").only(optional=("min_experts", "archive_years"))
    return ContractRule(
        citation(version),
        citation(version, separation),
        numbers.whole_or_none("min_experts"),
        numbers.whole_or_none("archive_years"),
    )
