"""Levers: one file a lever, with its schema, its words, what it asks of schools or councils, and what it costs."""
