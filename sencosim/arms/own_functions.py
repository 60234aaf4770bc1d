"""What a researcher's function is: its name, and a fingerprint of everything that its result could depend on.

Read are its code and the code in it, its defaults, its closure, what it wraps, and every global value, function and
value of a module that the code names. Numbers, texts, numpy's numbers and arrays, and lists, tuples, sets and
dictionaries of them count by their content; functions by what they read in turn. Functions, classes and modules that
are installed, and sencosim's own, count by name and version.

Everything else is unknown: an instance of a class, a table, a model, a class of the researcher's own, a function that
remembers or is compiled, a library that may read a file. Its content cannot be compared, so that a fingerprint with one
is never found again: a result that it made is not taken for another.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib
import secrets
import sys
import sysconfig
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

PLAIN = (int, float, complex, str, bytes, bool, range, type(None), type(...))
OURS = __name__.partition(".")[0]
FAR = frozenset(
    {
        *("globals", "locals", "vars", "getattr", "eval", "exec", "modules", "__import__", "import_module"),
        *("open", "environ", "getenv", "random", "loadtxt", "genfromtxt", "fromfile", "load", "read_text"),
        *("read_bytes", "read_csv", "read_parquet", "memmap", "open_memmap", "input", "compile"),
        *("attrgetter", "methodcaller", "__dict__", "__getattribute__", "fromregex", "samples", "hash", "id"),
    }
)
"""Names by which code reaches values that it does not name: files, chance, the environment, other modules."""
FAR_MODULES = (
    *("numpy.random", "numpy.lib.npyio", "numpy.lib._npyio_impl", "numpy.lib._datasource", "numpy.lib.format"),
    *("numpy.lib._format_impl", "numpy.ctypeslib", "numpy.f2py", "numpy.testing", "numpy.distutils"),
)
"""Modules of numpy that are no arithmetic, whatever their functions are called."""
ARITHMETIC = (
    *("builtins", "math", "cmath", "operator", "itertools", "functools", "statistics", "fractions", "decimal"),
    *("collections", "bisect", "heapq", "numbers", "typing", "dataclasses", "enum", "numpy", "scipy.special"),
    *("sencosim.rules", "sencosim.engine", "sencosim.arms", "sencosim.randomness", "sencosim.units"),
    *("sencosim.vocabulary", "sencosim.names"),
)
"""Modules whose functions depend on nothing but what they are given: any other may read a file, or remember."""
_THIS_PROCESS = secrets.token_hex(8)


def name_of(function: Callable[..., Any]) -> str:
    """Module and name of a function, as its author would write them."""
    plain = _plain(function)
    while isinstance(plain, functools.partial):
        plain = _plain(plain.func)
    name = getattr(plain, "__qualname__", type(plain).__qualname__)
    return f"{getattr(plain, '__module__', None) or '__main__'}.{name}"


def function_fingerprint(function: Callable[..., Any], token: str = _THIS_PROCESS) -> str:
    """Hash of everything that a function's result could depend on, as the module says.

    Parameters
    ----------
    token
        Put in for what is unknown, with its type and place in memory: the hash is another for another token. Within
        one process and token it stays while the same objects are named; a change inside one of them goes unseen.
    """
    found = hashlib.sha256()
    for part in _Reader(function, token).parts():
        found.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()


def unknown_to(function: Callable[..., Any]) -> list[str]:
    """Types of the objects that a function reads and whose content cannot be compared; none for most functions."""
    reader = _Reader(function, "")
    for _ in reader.parts():
        pass
    return list(dict.fromkeys(reader.unknown))


class _Reader:
    """Walks through everything about a function that a run could depend on, in a fixed order."""

    def __init__(self, function: Callable[..., Any], token: str) -> None:
        self.function, self.token = function, token
        self.home = name_of(function).partition(".")[0]  # code in the package of the function itself always counts
        self.unknown: list[str] = []
        self.seen: dict[int, tuple[int, object]] = {}  # by identity, and kept alive as long

    def parts(self) -> Iterator[str]:
        plain = self._readable(self.function)
        yield from self._function(plain) if isinstance(plain, types.FunctionType) else self._value(plain)

    def _value(self, value: Any) -> Iterator[str]:
        value = self._readable(value)
        kind = type(value)
        if kind in PLAIN:
            yield f"{kind.__name__} {value!r}"
        elif kind in (tuple, list, dict):
            yield from self._once(value, self._items)
        elif kind in (set, frozenset):
            yield from (kind.__name__, *sorted("\n".join(self._value(one)) for one in value))
        elif (isinstance(value, np.generic) or kind is np.ndarray) and not value.dtype.hasobject:
            lies = (value.dtype, value.shape, getattr(value, "strides", ()))  # it may be read in that order
            yield f"{kind.__name__} {lies} {hashlib.sha256(value.tobytes()).hexdigest()}"
        elif kind is types.ModuleType:
            # Values that code reads from one are read where code names it: elsewhere nobody knows which they are.
            yield f"module {value.__name__}" if self._is_installed(value.__name__) else self._unknown("module")
        elif (name := self._installed(value)) is not None:
            yield self._of_library(name, value, value.__module__)
        elif kind is types.FunctionType:
            yield from self._once(value, self._function)
        else:
            yield from self._wrapper(value)

    def _once(self, value: Any, read: Callable[[Any], Iterator[str]]) -> Iterator[str]:
        """What was read already is named by its number: it may hold itself. Tuples cannot, and are shared by chance."""
        if type(value) is not tuple:
            if id(value) in self.seen:
                yield f"again {self.seen[id(value)][0]}"
                return
            self.seen[id(value)] = len(self.seen), value
        yield from read(value)

    def _items(self, value: Any) -> Iterator[str]:
        yield f"{type(value).__name__} {len(value)}"
        for one in value.items() if isinstance(value, dict) else value:
            yield from self._value(one)

    def _wrapper(self, value: Any) -> Iterator[str]:
        """What stands for another function; or it is unknown."""
        if isinstance(value, types.MethodType):
            yield from ("method", *self._value(value.__func__), *self._value(value.__self__))
        elif type(value) is types.BuiltinFunctionType and value.__self__ is not None:
            yield from (f"method {value.__name__}", *self._value(value.__self__))
        elif type(value) is functools.partial:
            yield from ("partial", *self._value(value.func), *self._value(value.args), *self._value(value.keywords))
        else:
            yield self._unknown(f"{type(value).__module__}.{type(value).__qualname__}", id(value))

    def _of_library(self, name: str, value: object, module: str) -> str:
        """What is installed counts by its name if it is arithmetic, whatever the code calls it."""
        is_far = str(getattr(value, "__name__", "")) in FAR or _is_in(module, FAR_MODULES)
        return name if _is_in(module, ARITHMETIC) and not is_far else self._unknown(name)

    def _unknown(self, what: str, place: int = 0) -> str:
        self.unknown.append(what)
        return f"{what} {self.token} {place}"

    def _function(self, function: types.FunctionType) -> Iterator[str]:
        yield function.__qualname__
        codes = list(_codes(function.__code__))
        for code in codes:
            yield from self._code(code)
        yield from self._value(function.__defaults__ or ())
        yield from self._value(tuple(sorted((function.__kwdefaults__ or {}).items())))
        yield from self._value(tuple(sorted(function.__dict__.items())))
        for cell in function.__closure__ or ():
            yield from self._value(cell.cell_contents) if cell != types.CellType() else ("empty",)
        yield from self._named(codes, function.__globals__)

    def _named(self, codes: list[types.CodeType], values: dict[str, Any]) -> Iterator[str]:
        """Global values that code names, and values of the modules among them and of those that it imports."""
        names = list(dict.fromkeys(name for code in codes for name in code.co_names))
        inside: list[object] = []
        yield from self._imported(codes, inside)  # first: an import may add values to modules that are read below
        for name in names:
            if name in FAR:
                yield self._unknown(name)
            elif isinstance(values.get(name), types.ModuleType):
                inside.append(values[name])
            elif name in values:
                yield from (name, *self._value(values[name]))
        for module in inside:
            if isinstance(module, types.ModuleType):
                yield from self._module(module, names, set())

    def _imported(self, codes: list[types.CodeType], inside: list[object]) -> Iterator[str]:
        """Puts what code imports with the modules that are read; what cannot be imported from here is unknown."""
        for name in _imports(codes):
            try:
                inside += [importlib.import_module(name), sys.modules[name.partition(".")[0]]]
            except (ImportError, TypeError, ValueError):
                yield self._unknown(f"import {name}")

    def _code(self, code: types.CodeType) -> Iterator[str]:
        yield from (code.co_code.hex(), code.co_exceptiontable.hex(), repr(code.co_names), repr(code.co_varnames))
        yield from (
            repr((code.co_cellvars, code.co_freevars, code.co_argcount, code.co_kwonlyargcount, code.co_flags)),
        )
        for constant in code.co_consts:
            if not isinstance(constant, types.CodeType):
                yield from self._value(constant)

    def _module(self, module: types.ModuleType, names: list[str], seen: set[int]) -> Iterator[str]:
        """Values of a module under names that the code has; what is installed counts by name unless it is plain."""
        seen.add(id(module))
        installed = self._is_installed(module.__name__)
        yield self._version(module.__name__)
        for name in names:
            value = _of(module, name)
            if isinstance(value, types.ModuleType):
                yield from () if id(value) in seen else self._module(value, names, seen)
            elif installed and type(value) not in PLAIN:
                of = getattr(value, "__module__", None)
                known_as = f"{module.__name__}.{name}"
                yield self._of_library(known_as, value, of if isinstance(of, str) else module.__name__)
            else:
                yield from (name, *self._value(value))

    def _installed(self, value: Any) -> str | None:
        """Name of what an installed module, or sencosim, has under that name."""
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if not isinstance(module, str) or not isinstance(name, str) or not self._is_installed(module):
            return None
        there: Any = sys.modules.get(module)
        for part in name.split("."):
            there = getattr(there, part, None)
        return f"{self._version(module)} {module}.{name}" if _plain(there) is value else None

    def _readable(self, value: Any) -> Any:
        """The Python behind a compiled rule of sencosim. A researcher's compiled function stays what it is: unknown.

        It keeps the global values that it was compiled with, whatever the Python behind it reads now.
        """
        return _plain(value) if self._is_installed(str(getattr(value, "__module__", ""))) else value

    def _is_installed(self, module: str) -> bool:
        top = module.partition(".")[0]
        if top == OURS or module in sys.builtin_module_names:
            return True
        file = None if top == self.home else getattr(sys.modules.get(module), "__file__", None)
        return file is not None and any(Path(file).is_relative_to(folder) for folder in _installed_folders())

    @staticmethod
    def _version(module: str) -> str:
        top = module.partition(".")[0]
        return f"{top} {getattr(sys.modules.get(top), '__version__', '')}"


def _plain(function: Any) -> Any:
    """The Python behind a compiled rule."""
    return function.py_func if isinstance(getattr(function, "py_func", None), types.FunctionType) else function


def _is_in(module: str, those: tuple[str, ...]) -> bool:
    """Whether a module is one of those, or inside one."""
    return any(module == one or module.startswith(f"{one}.") for one in those)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code, and that of every function, comprehension and class in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _imports(codes: Iterable[types.CodeType]) -> list[str]:
    """Modules that code imports when it runs; a relative one with its dots, which nobody can import from here."""
    found = []
    for code in codes:
        steps = list(dis.get_instructions(code))
        for place, one in enumerate(steps):
            if one.opname == "IMPORT_NAME":  # before it come how far up a package the name begins, and what is taken
                found.append("." * int(steps[place - 2].argval or 0) + one.argval)
    return found


def _of(module: types.ModuleType, name: str) -> object:
    """Value of a module under a name; a module may make it when it is asked, warn, or fail."""
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        return getattr(module, name, None)
    return None


@functools.lru_cache(maxsize=1)
def _installed_folders() -> tuple[str, ...]:
    """Of Python's own library and of installed packages."""
    return tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
