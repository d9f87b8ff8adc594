"""The Chinese words that stand beside the codes."""

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
SECTORS = {
    "education": "教育",
    "health": "卫生健康",
    "civil_affairs": "民政",
    "social_security": "就业和社会保障",
    "veterans_elderly": "退役军人、残疾人与养老",
    "housing": "住房和城镇老旧小区改造",
    "sanitation": "环卫与城市管理",
    "water": "水利",
    "agriculture": "农业农村",
    "roads": "道路交通",
    "environment": "生态环境",
    "culture": "文化旅游体育",
    "emergency": "应急消防",
    "commerce": "商务与工业",
    "science": "科技",
    "information": "信息系统建设与运维",
    "market": "市场监管",
    "justice": "公共安全与司法",
    "administration": "行政运行、会议与培训",
    "procurement": "政府采购与资产",
}
FUND_LEVELS = {"central": "中央", "provincial": "自治区", "municipal": "市", "county": "本级"}
FUND_SOURCES = {
    "appropriation": "当年财政拨款",
    "carry_over": "上年结转资金",
    "special_account": "财政专户管理资金",
    "unit": "单位资金",
    "other": "其他资金",
}
CATEGORIES = {"personnel": "人员类", "operation": "运转类", "specific": "特定目标类"}
GRADES = {"excellent": "优", "good": "良", "fair": "中", "poor": "差"}
#: What the money is mainly spent on: the first three have to state a cost under 财预〔2021〕101号.
SPENDING_KINDS = {
    "construction": "工程基建",
    "renovation": "大型修缮",
    "purchase": "设备购置",
    "service": "服务",
    "subsidy": "补助补贴",
    "operation": "运行维护",
    "other": "其他",
}
ORIGINS = {"monitoring": "绩效监控", "self_evaluation": "绩效自评复审", "evaluation": "绩效评价"}
RECTIFICATION_STATES = {
    "issued": "已下达",
    "received": "已签收",
    "measures_filed": "已报整改措施",
    "in_progress": "整改中",
    "verified": "已核实销号",
    "returned": "已退回",
}
CONCLUSIONS = {"support": "予以支持", "partial_support": "部分支持", "not_support": "不予支持"}
OPERATOR_SIGNS = {">=": "≥", ">": "＞", "=": "＝", "<": "＜", "<=": "≤", "qualitative": "定性"}
#: 取值方式 (财预〔2021〕101号).
EVIDENCE_METHODS = {
    "direct_proof": "直接证明法",
    "statistics": "情况统计法",
    "statement": "情况说明法",
    "survey": "问卷调查法",
    "trend": "趋势判断法",
}
#: 指标库: entries for every trade stand beside the trades' own.
LIBRARY_SECTORS = {"common": "通用", **SECTORS}
KINDS = {"new": "新增项目", "continuing": "延续项目"}
BUDGET_CHANGES = {
    "supplement": "追加",
    "reduction": "调减",
    "transfer": "调剂",
    "carry_over": "结转",
}
BUDGET_CHANGE_STATUSES = {"pending": "待批复", "approved": "已批复", "withdrawn": "已撤回"}
