"""Compiled code: what is compiled together, where it is kept between runs, and when it is thrown away."""
