"""Ratios against something well known, measured side by side in one run: `python -m tests.bench`."""
