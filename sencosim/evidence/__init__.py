"""What is known, and who said so: registers of parameters, views on them, and published series."""
