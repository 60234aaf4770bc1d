"""``python -m sencosim.engine.compiled``: compile the whole engine and every rule, or only some entry points.

A wheel is made with what this leaves in the folder whose full path is SENCOSIM_COMPILED: see ``make wheel``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

from sencosim import rules
from sencosim.compilation.functions import Compiled
from sencosim.engine.compiled.ahead import compile_ahead
from sencosim.engine.compiled.run import text


def compile_rules() -> None:
    """Compile every rule, and chance, for callers in Python."""
    for name in ("sencosim.randomness", *(f"{rules.__name__}.{found.name}" for found in iter_modules(rules.__path__))):
        for one in vars(import_module(name)).values():
            if isinstance(one, Compiled):
                one.make()


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        getattr(text(True), asked).make()
    if not sys.argv[1:]:
        compile_ahead()
        compile_rules()
