"""The compiled engine: one arm of one replication as events on calendars, one a council. Written to be fast."""
