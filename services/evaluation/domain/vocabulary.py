"""The Chinese words that stand beside the codes."""

FUND_LEVELS = {"central": "中央", "provincial": "自治区", "municipal": "市", "county": "本级"}
#: 资金构成: the rows of the official form under 年度资金总额.
FUND_KINDS = {
    "current_appropriation": "当年财政拨款",
    "carry_over": "上年结转资金",
    "other": "其他资金",
}
OTHER_KIND = "other"
#: The kind of a budget whose fact does not tell sources apart.
UNSPECIFIED = "unspecified"
#: 资金来源 of the goal → 资金构成; every other source is 其他资金.
KIND_OF_SOURCE = {"appropriation": "current_appropriation", "carry_over": "carry_over"}
#: Both trees: 成本 is a first level since 财预〔2021〕101号 and was a second level of 产出 before.
LEVEL1 = {
    "cost": "成本指标",
    "output": "产出指标",
    "benefit": "效益指标",
    "satisfaction": "满意度指标",
}
LEVEL2 = {
    "economic_cost": "经济成本指标",
    "social_cost": "社会成本指标",
    "ecological_cost": "生态环境成本指标",
    "quantity": "数量指标",
    "quality": "质量指标",
    "timeliness": "时效指标",
    "cost": "成本指标",
    "economic": "经济效益指标",
    "social": "社会效益指标",
    "ecological": "生态效益指标",
    "sustainable": "可持续影响指标",
    "satisfaction": "服务对象满意度指标",
}
#: 指标性质 as forms print it.
OPERATORS = {">=": "≥", ">": ">", "=": "=", "<": "<", "<=": "≤", "qualitative": "定性"}
GRADES = {"excellent": "优", "good": "良", "fair": "中", "poor": "差"}
KINDS = {
    "project": "财政重点项目绩效评价",
    "department": "部门整体绩效评价",
    "policy": "政策绩效评价",
}
MODES = {"finance": "财政评价", "department": "部门评价"}
ORIGINS = {
    "monitoring": "绩效运行监控",
    "self_evaluation": "自评复审",
    "evaluation": "绩效评价",
}
BASES = {"rectification": "整改", "evaluation": "绩效评价", "self_evaluation": "绩效自评"}
RECTIFICATION_STATES = {
    "issued": "已下发，待反馈",
    "received": "已签收，待反馈",
    "measures_filed": "已反馈，待核实",
    "in_progress": "整改中，待核实",
    "verified": "已核实",
    "returned": "退回重报",
    "refused": "未能开具整改函",
}
LATENESS = {"on_time": "未逾期", "overdue": "已逾期", "escalated": "逾期已升级"}

#: 参加培训的人员身份.
DUTIES = {
    "leader": "分管领导",
    "accountant": "财务人员",
    "project_manager": "项目管理人员",
    "other": "其他",
}
CIRCULARS = {"commendation": "通报表扬", "criticism": "通报批评"}
STANDINGS = {"proposed": "建议并列入", "added": "另行列入", "left_out": "建议而未列入"}

#: 第三方机构的类型 and where one stands in the register.
INSTITUTIONS = {
    "consultancy": "专业咨询机构",
    "accounting_firm": "会计师事务所",
    "appraisal_firm": "资产评估机构",
    "law_firm": "律师事务所",
    "research_institute": "科研院所",
    "university": "高等院校",
}
AGENCY_STATES = {"active": "正常", "suspended": "暂停承接", "struck_off": "已移出名录"}
STAFF_STATES = {"active": "在职", "left": "已离职"}
REGISTER_CHANGES = {
    "registered": "登记",
    "amended": "变更",
    "violation_recorded": "登记重大违法违规",
    "violation_withdrawn": "撤销违法违规登记",
}
