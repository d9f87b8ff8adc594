"""待办 of the evaluation service: what each state of waiting asks of which role."""

from collections.abc import Mapping

from shared.auth import Role

_PLANNED = "recheck-plan-candidates?fiscal_year={year}&to_review=true"
_FORMS = "self-evaluations?fiscal_year={year}&status="
_EVALUATED = "evaluations?fiscal_year={year}&status="

#: (role, state of waiting) → (kind, title, action, list)
WORK: Mapping[tuple[Role, str], tuple[str, str, str, str]] = {
    (Role.UNIT_FILLER, "open"): (
        "self_evaluation_to_fill",
        "绩效自评待填报",
        "self_evaluation.fill",
        f"{_FORMS}open",
    ),
    (Role.UNIT_APPROVER, "open"): (
        "self_evaluation_to_submit",
        "绩效自评待审核报送",
        "self_evaluation.submit",
        f"{_FORMS}open",
    ),
    (Role.AGENCY_EVALUATOR, "submitted"): (
        "self_evaluation_to_recheck",
        "绩效自评待复审",
        "self_evaluation.recheck",
        f"{_FORMS}submitted",
    ),
    (Role.AGENCY_EVALUATOR, "drawn"): (
        "recheck_plan_to_carry_out",
        "复审方案内的绩效自评待复审",
        "self_evaluation.recheck",
        _PLANNED,
    ),
    (Role.FINANCE_OFFICER, "own_plan"): (
        "recheck_plan_to_carry_out",
        "财政自行复审的绩效自评待复审",
        "self_evaluation.recheck",
        _PLANNED,
    ),
    (Role.FINANCE_REVIEWER, "own_plan"): (
        "recheck_plan_to_carry_out",
        "财政自行复审的绩效自评待复审",
        "self_evaluation.recheck",
        _PLANNED,
    ),
    (Role.FINANCE_OFFICER, "to_letter"): (
        "rectification_to_request",
        "复审建议整改，待发整改函",
        "rectification.request",
        f"{_FORMS}rechecked&waits_for_letter=true",
    ),
    (Role.FINANCE_OFFICER, "refused"): (
        "rectification_refused",
        "整改函未能开具，待另行提出",
        "rectification.request",
        "rectification-requests?fiscal_year={year}&status=refused",
    ),
    (Role.FINANCE_OFFICER, "planned"): (
        "evaluation_to_notify",
        "评价待下达通知",
        "evaluation.notify",
        f"{_EVALUATED}planned",
    ),
    (Role.AGENCY_EVALUATOR, "notified"): (
        "evaluation_scheme_to_propose",
        "评价方案待报送",
        "evaluation.propose_scheme",
        f"{_EVALUATED}notified",
    ),
    (Role.FINANCE_OFFICER, "scheme"): (
        "evaluation_framework_to_approve",
        "评价方案与指标体系待审定",
        "evaluation.approve_framework",
        f"{_EVALUATED}scheme",
    ),
    (Role.AGENCY_EVALUATOR, "framework_approved"): (
        "evaluation_fieldwork_to_begin",
        "指标体系已审定，待开始现场评价",
        "evaluation.begin_fieldwork",
        f"{_EVALUATED}scheme",
    ),
    (Role.AGENCY_EVALUATOR, "fieldwork"): (
        "evaluation_to_score",
        "绩效评价待评分",
        "evaluation.score",
        f"{_EVALUATED}fieldwork",
    ),
    (Role.FINANCE_OFFICER, "blind"): (
        "evaluation_scoring_to_close",
        "独立评分进行中，待结束",
        "evaluation.close_scoring",
        f"{_EVALUATED}fieldwork",
    ),
    (Role.AGENCY_EVALUATOR, "to_declare"): (
        "evaluation_interest_to_declare",
        "被指定为评价人员，待作回避声明",
        "evaluation.declare",
        f"{_EVALUATED}fieldwork",
    ),
    (Role.AGENCY_EVALUATOR, "own_sheet"): (
        "evaluation_sheet_to_send",
        "独立评分表待报送",
        "evaluation.score",
        f"{_EVALUATED}fieldwork",
    ),
    (Role.EXPERT, "to_declare"): (
        "evaluation_interest_to_declare",
        "被指定为评价人员，待作回避声明",
        "evaluation.declare",
        f"{_EVALUATED}fieldwork",
    ),
    (Role.EXPERT, "own_sheet"): (
        "evaluation_sheet_to_send",
        "独立评分表待报送",
        "evaluation.score",
        f"{_EVALUATED}fieldwork",
    ),
    (Role.FINANCE_OFFICER, "draft"): (
        "evaluation_views_to_exchange",
        "初步结论待交换意见",
        "evaluation.exchange_views",
        f"{_EVALUATED}draft",
    ),
    (Role.AGENCY_EVALUATOR, "report"): (
        "evaluation_report_to_send",
        "绩效评价报告待报送",
        "evaluation.report",
        f"{_EVALUATED}exchange_of_views",
    ),
    (Role.FINANCE_REVIEWER, "exchange_of_views"): (
        "evaluation_to_finalize",
        "评价结果待审定",
        "evaluation.finalize",
        f"{_EVALUATED}exchange_of_views",
    ),
    (Role.FINANCE_OFFICER, "final"): (
        "evaluation_to_feed_back",
        "评价结果待反馈",
        "evaluation.feed_back",
        f"{_EVALUATED}final",
    ),
    (Role.FINANCE_OFFICER, "fed_back"): (
        "evaluation_to_disclose",
        "评价结果待公开",
        "evaluation.disclose",
        f"{_EVALUATED}fed_back",
    ),
    (Role.FINANCE_OFFICER, "disclosed"): (
        "evaluation_to_archive",
        "评价资料待归档",
        "evaluation.archive",
        f"{_EVALUATED}disclosed",
    ),
    (Role.FINANCE_REVIEWER, "recorded"): (
        "ex_ante_to_confirm",
        "事前评估结论待确认",
        "ex_ante.confirm",
        "ex-ante-results?fiscal_year={year}&status=recorded",
    ),
    (Role.FINANCE_OFFICER, "handed"): (
        "accountability_outcome_to_note",
        "问责移送逾期未见结果，待向承办机关了解",
        "accountability.note_outcome",
        "accountability-cases?fiscal_year={year}&status=handed",
    ),
    (Role.FINANCE_OFFICER, "ending"): (
        "engagement_ending",
        "委托合同三十日内到期",
        "engagement.amend",
        "engagements?fiscal_year={year}",
    ),
    (Role.FINANCE_OFFICER, "to_judge"): (
        "agency_quality_to_score",
        "委托合同已结束，待评机构工作质量",
        "agency_quality.score",
        "engagements?fiscal_year={year}",
    ),
    (Role.EXPERT, "invited"): (
        "expert_invitation_to_answer",
        "专家邀请待答复",
        "expert_invitation.answer",
        "expert-invitations",
    ),
    (Role.UNIT_APPROVER, "asked"): (
        "evaluation_opinion_to_give",
        "评价初步结论待提出意见",
        "evaluation.opine",
        "view-exchanges?fiscal_year={year}&waits_for_opinion=true",
    ),
    (Role.FINANCE_OFFICER, "result_proposed"): (
        "result_proposal_to_decide",
        "结果应用建议待决定",
        "result_proposal.decide",
        "result-proposals?fiscal_year={year}&status=proposed",
    ),
    (Role.FINANCE_REVIEWER, "result_proposed"): (
        "result_proposal_to_decide",
        "结果应用建议待决定",
        "result_proposal.decide",
        "result-proposals?fiscal_year={year}&status=proposed",
    ),
}
