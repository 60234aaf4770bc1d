"""The command line: parse, call, print. No arithmetic, and nothing heavy is imported before a command needs it."""

from sencosim.cli.group import main

__all__ = ["main"]
