"""待办 of rectifications and payment controls: a part of the monitoring service's work list."""

from services.monitoring.queries.payment_controls import CAUSE_GONE
from services.monitoring.queries.rectifications import OWED_ON
from shared.auth import Role

_LETTERS = "'/api/v1/monitoring/rectifications?fiscal_year=' || fiscal_year"
_CONTROLS = "'/api/v1/monitoring/payment-controls?fiscal_year=' || c.fiscal_year"

#: Takes $1 region, $2 units, $3 the day before which what is owed has escalated; columns waiting,
#: scope, due_on, href, count.
RECTIFICATION_ROWS = f"""
    select 'letter_' || status, fiscal_year || ' 年', min(due_on),
           {_LETTERS} || '&status=' || status, count(*)
    from rectification
    where region_code = $1 and ($2::text[] is null or unit_code = any ($2))
      and status <> 'verified'
    group by fiscal_year, status
    union all
    select 'letter_escalated', fiscal_year || ' 年', min(owed_on),
           {_LETTERS} || '&lateness=escalated', count(*)
    from (select l.*, {OWED_ON} as owed_on from rectification l
          where l.region_code = $1 and ($2::text[] is null or l.unit_code = any ($2))
            and l.status <> 'verified') l
    where owed_on < $3
    group by fiscal_year
    union all
    select case when c.status = 'active' and {CAUSE_GONE} then 'control_to_lift'
                else 'control_' || c.status end,
           c.fiscal_year || ' 年', null, {_CONTROLS} || '&status=' || c.status, count(*)
    from payment_control c
    where c.region_code = $1 and ($2::text[] is null or c.unit_code = any ($2))
      and c.status in ('proposed', 'active')
    group by 1, c.fiscal_year, c.status
"""

#: (role, what waits) → (kind, title, action)
RECTIFICATION_WAITING = {
    (Role.UNIT_FILLER, "letter_issued"): (
        "rectification_to_receive",
        "整改函待签收",
        "rectification.receive",
    ),
    (Role.UNIT_APPROVER, "letter_issued"): (
        "rectification_issued",
        "整改函待报送措施",
        "rectification.file_measures",
    ),
    (Role.UNIT_APPROVER, "letter_received"): (
        "rectification_received",
        "已签收的整改函待报送措施",
        "rectification.file_measures",
    ),
    (Role.UNIT_APPROVER, "letter_returned"): (
        "rectification_returned",
        "整改措施被退回，待重报",
        "rectification.file_measures",
    ),
    (Role.UNIT_APPROVER, "letter_in_progress"): (
        "rectification_in_progress",
        "整改进行中，请报告进展",
        "rectification.report_progress",
    ),
    (Role.FINANCE_OFFICER, "letter_measures_filed"): (
        "rectification_to_verify",
        "整改措施待核实",
        "rectification.verify",
    ),
    (Role.FINANCE_OFFICER, "letter_in_progress"): (
        "rectification_to_verify",
        "整改进行中，待核实",
        "rectification.verify",
    ),
    (Role.FINANCE_REVIEWER, "letter_escalated"): (
        "rectification_escalated",
        "整改逾期已升级，待督办",
        "rectification.read",
    ),
    (Role.FINANCE_REVIEWER, "control_proposed"): (
        "payment_control_to_decide",
        "暂停拨付建议待决定",
        "payment_control.decide",
    ),
    (Role.FINANCE_REVIEWER, "control_to_lift"): (
        "payment_control_to_lift",
        "恢复拨付的条件已具备，待恢复",
        "payment_control.decide",
    ),
    (Role.UNIT_FILLER, "control_active"): (
        "payment_control_active",
        "项目被暂停拨付",
        "payment_control.read",
    ),
    (Role.UNIT_APPROVER, "control_active"): (
        "payment_control_active",
        "项目被暂停拨付",
        "payment_control.read",
    ),
}
