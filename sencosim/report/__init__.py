"""How results are shown: one folder of files, a page that answers first, and the same answer as plain text."""
