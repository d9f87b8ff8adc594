"""目标: units, projects, performance goals, their review, approval with the budget, disclosure."""
