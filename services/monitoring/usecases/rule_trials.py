"""试运行: reading draft rules and putting them in the place of the pack in force."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from services.monitoring.domain.packs import Packs
from services.monitoring.domain.rules import check, in_force, pack_version
from services.monitoring.errors import RulesNotInForce, UnsoundDraftPack
from services.monitoring.queries.rule_trials import Trial, tried
from services.monitoring.schemas.rule_packs import DraftRule, RuleTrialIn, RuleTrialOut
from shared.auth import Caller
from shared.db import Reads
from shared.problems import FieldError
from shared.rulebook import NoRuleInForce, Rule, Source, UnsoundRule, Version, loads

_ROUND = "select fiscal_year from monitoring_round where region_code = $1 and id = $2"

_DRAFT = Source("试运行的规则", article=None, url=None, published_on=None, verified=False)


async def try_rules(reads: Reads, order: RuleTrialIn, packs: Packs, *, by: Caller) -> RuleTrialOut:
    """What the draft would change. Raises NotFound, UnsoundDraftPack, RulesNotInForce."""
    found = await reads.one(_ROUND, by.region_code, order.round_id)
    pack = packs.chosen(by.region_code, found["fiscal_year"])
    drafts = read_drafts(order)
    rules = {**pack.rules, **drafts}
    kept = {rule_id: rule for rule_id, rule in rules.items() if rule_id not in order.without}
    try:
        trial = Trial(
            region_code=by.region_code,
            fiscal_year=found["fiscal_year"],
            round_id=order.round_id,
            as_of=order.as_of,
            rule_pack=pack_version(pack.rules, order.as_of, name=pack.pack_id),
            now=in_force(pack.rules, order.as_of),
            draft=in_force(kept, order.as_of),
        )
    except NoRuleInForce as error:
        raise RulesNotInForce(f"{order.as_of.isoformat()} 没有施行中的预警规则") from error
    return await tried(reads, trial)


def read_drafts(order: RuleTrialIn) -> dict[str, Rule]:
    """The draft rules by id. Raises UnsoundDraftPack with every rule that can't be used."""
    drafts: dict[str, Rule] = {}
    errors = []
    for pointer, read in _drafts(order):
        try:
            rule = read()
            check({rule.rule_id: rule})
        except UnsoundRule as error:
            errors.append(
                FieldError(
                    pointer=pointer,
                    code="unsound_rule",
                    detail=str(error),
                    mend="请按规则种类写全数值，参见 GET /rule-packs/{id}",
                )
            )
        else:
            drafts[rule.rule_id] = rule
    if errors:
        raise UnsoundDraftPack(errors=errors)
    return drafts


def _drafts(order: RuleTrialIn) -> Iterator[tuple[str, Any]]:
    for n, text in enumerate(order.toml):
        yield f"/toml/{n}", lambda text=text: loads(text)
    for n, draft in enumerate(order.rules):
        yield f"/rules/{n}", lambda draft=draft: _rule(draft, order.as_of)


def _rule(draft: DraftRule, as_of: date) -> Rule:
    version = Version(draft.rule_id, as_of, _DRAFT, _exact(draft.values))
    return Rule(draft.rule_id, draft.title, as_of, (version,))


def _exact(value: Any) -> Any:
    """JSON's numbers as TOML would have read them."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: _exact(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_exact(entry) for entry in value]
    return value
