"""What evaluation knows without a database, a clock or the network."""
