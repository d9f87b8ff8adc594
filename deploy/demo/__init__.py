"""兴庆区 2023 demo data: what the public report printed, and invented rows around it."""
