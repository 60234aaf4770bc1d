"""Many runs of a question: which points, run where, kept where, and what the methods of `decisions` make of them."""
