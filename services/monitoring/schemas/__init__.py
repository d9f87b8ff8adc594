"""Payloads and answers of the monitoring service."""
