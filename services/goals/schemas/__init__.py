"""Payloads and answers of the goals service."""
