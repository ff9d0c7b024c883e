"""Many evaluations in one run: where they come from, who judges them, what they add up to."""
