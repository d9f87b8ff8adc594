"""What changes in the evaluation service, one transaction each."""
