"""Charts; each function returns SVG, the table behind it, and a text that says the same."""
