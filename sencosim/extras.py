"""Libraries that a run does not need, and the one line that says how to install them."""

from __future__ import annotations

import shlex
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from sencosim.errors import InputError

EXTRAS = {
    "pack": ("docx", "gptables", "odf"),
    "research": ("SALib", "statsmodels"),
    "calibrate": ("emcee",),
    "cluster": ("distributed",),
}
"""Each with the modules of its libraries: results packs and comparisons, studies, the calibration, a Dask cluster."""
_CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"


def need(module: str) -> Any:
    """Import a module of an extra by its dotted name, or say how to install its library.

    Examples
    --------
    >>> need("math").pi > 3.0
    True
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise (missing(error) or error) from error


def missing(error: ModuleNotFoundError) -> InputError | None:
    """Say which extra brings a library that is not there; ``None`` if none does.

    Examples
    --------
    >>> print(missing(ModuleNotFoundError(name="other")))
    None
    """
    library = (error.name or "").partition(".")[0]
    extra = next((name for name, libraries in EXTRAS.items() if library in libraries), None)
    if extra is None:
        return None
    return InputError(f"This needs the library {library}. Install it with:  {install(extra)}")


def install(extra: str = "") -> str:
    """The command that installs what is missing: from a clone, wherever it is given, or by the names of the libraries.

    A wheel need not come from an index, so an installed sencosim names the libraries and not itself.
    """
    if _CONSTRAINTS.is_file():
        clone = _CONSTRAINTS.parent
        here = Path.cwd() == clone
        place = f".[{extra}]" if extra else "."
        place = place if here else f"{clone.as_posix()}{place[1:]}"
        constraints = _CONSTRAINTS.name if here else _CONSTRAINTS.as_posix()
        return f"python -m pip install -c {shlex.quote(constraints)} -e '{place}'"
    quoted = " ".join(shlex.quote(one) for one in libraries(extra))
    return f"python -m pip install {quoted}"


def libraries(extra: str = "") -> list[str]:
    """Libraries of an extra, or those that a run needs, each with its least version."""
    wanted = f'extra == "{extra}"' if extra else ""
    split = [line.partition(";") for line in _requirements()]
    return [name.strip() for name, _, marker in split if marker.strip().replace("'", '"') == wanted]


def _requirements() -> list[str]:
    try:
        return requires("sencosim") or []
    except PackageNotFoundError:  # the source alone, on the path
        return []
