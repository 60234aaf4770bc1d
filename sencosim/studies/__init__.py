"""Questions, one a file: its design, its estimate, its words, its chart and its command."""
