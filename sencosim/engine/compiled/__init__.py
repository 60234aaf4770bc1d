"""The mechanisms in windows over records, one calendar a council, compiled: the scheduler that runs England."""
