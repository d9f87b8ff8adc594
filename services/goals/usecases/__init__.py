"""What changes in the goals service, one transaction each."""
