"""Options side by side: whether they may be compared, the table, and its three forms."""
