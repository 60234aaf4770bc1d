"""The running of runs: which pairs, on which processes, kept where, until how precise. Knows nothing of reports."""
