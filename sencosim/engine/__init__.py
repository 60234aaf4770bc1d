"""What happens: the start of a run, the pair of arms, the mechanisms, and the two schedulers that run them."""
