"""The arms of a run: evidence, schools and a scenario into the arrays and numbers that an engine reads."""
