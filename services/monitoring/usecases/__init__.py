"""What changes in the monitoring service, one transaction each."""
