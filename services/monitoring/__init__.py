"""Monitoring (绩效运行监控): execution, monitoring rounds and forms, warnings, rectifications."""
