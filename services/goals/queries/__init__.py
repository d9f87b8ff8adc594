"""Reads of the goals service: SQL, limited to the rows the caller reaches."""
