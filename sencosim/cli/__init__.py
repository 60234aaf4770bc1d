"""The command line: parse, call, print. No arithmetic, and nothing heavy is imported before a command needs it."""

import gc

from sencosim.cli.group import main

gc.set_threshold(50_000)  # a twelfth of a short command went into looking for circles among what it had just imported

__all__ = ["main"]
