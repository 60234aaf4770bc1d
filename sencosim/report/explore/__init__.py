"""The page that answers: one file with its data, its script and its report without scripts."""
