"""The decisions of goal management, as functions of values."""
