"""One module for each chart; each returns SVG, the table behind it, and a text that says the same."""
