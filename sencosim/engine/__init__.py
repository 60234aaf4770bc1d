"""What happens: the start of a run, the feedback of coverage, the mechanisms, and the two schedulers that run them."""
