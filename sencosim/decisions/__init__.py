"""What to make of stored draws: sensitivity, scenario discovery, break-even, worth of knowing, trials."""
