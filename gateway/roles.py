"""What the roles are called."""

from shared.auth import Role

ROLE_LABELS = {
    Role.FINANCE_OFFICER: "财政业务室经办人",
    Role.FINANCE_REVIEWER: "财政绩效审核人",
    Role.UNIT_FILLER: "单位填报人",
    Role.UNIT_APPROVER: "单位审核人",
    Role.AGENCY_EVALUATOR: "第三方机构评价人员",
    Role.EXPERT: "专家",
    Role.AUDITOR: "审计监督人员",
    Role.INTEGRATION: "预算一体化系统",
    Role.OPERATOR: "运维人员",
    Role.PUBLIC: "社会公众",
    Role.SERVICE: "系统内部",
}
