"""What was used: counts, hours and weeks, no money."""
