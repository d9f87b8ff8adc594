"""The Chinese words that stand beside the codes."""

FUND_LEVELS = {"central": "中央", "provincial": "自治区", "municipal": "市", "county": "本级"}
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
