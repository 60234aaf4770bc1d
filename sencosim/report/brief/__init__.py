"""The local brief: one page on one place, hard to misquote."""
