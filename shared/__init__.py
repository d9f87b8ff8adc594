"""Machinery every process shares; it knows no business noun."""
