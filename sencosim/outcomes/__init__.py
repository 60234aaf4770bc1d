"""What it means: outcomes, paired differences with ranges, model against published."""
