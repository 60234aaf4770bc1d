"""One experiment: a design (points times arms) on a sample, run once, kept as one stored dataset."""
