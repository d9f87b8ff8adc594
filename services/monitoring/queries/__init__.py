"""Reads of the monitoring service: SQL, limited to the rows the caller reaches."""
