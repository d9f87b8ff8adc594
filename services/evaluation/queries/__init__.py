"""Reads of the evaluation service: SQL, limited to the rows the caller reaches."""
