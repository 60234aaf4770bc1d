"""Schools: the synthetic England, real schools from official files, samples of them, and how they compare."""
