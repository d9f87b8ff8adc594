"""Evaluation (绩效评价): self-evaluation, re-review, third-party evaluation, grades, summary."""
