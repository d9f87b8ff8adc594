"""What monitoring knows without a database, a clock or the network."""
