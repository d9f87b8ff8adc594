"""Payloads and answers of the evaluation service."""
