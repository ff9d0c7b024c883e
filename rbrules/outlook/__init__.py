"""What would change a result: other values, other years, the smallest steps to a grade."""
