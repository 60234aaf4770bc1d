"""Libraries that a run does not need, and the one line that says how to install them."""

from __future__ import annotations

from importlib import import_module
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
    """The command that installs sencosim again, with an extra: from a clone, or where a wheel was installed."""
    chosen = f"[{extra}]" if extra else ""
    if _CONSTRAINTS.is_file():
        return f"python -m pip install -c constraints.txt -e '.{chosen}'"
    return f"python -m pip install 'sencosim{chosen}'"
