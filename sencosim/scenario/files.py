"""Where scenarios are looked for: alongside the file, in ./scenarios, among those that ship with sencosim."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sencosim.names import did_you_mean, listed

SUFFIXES = (".yaml", ".yml")
MIXINS = "mixins"
SHIPPED = "the scenarios that ship with sencosim"


def shipped_folder() -> Path:
    """Folder of the scenarios that ship with sencosim.

    In an installed package they lie alongside this module; in a clone they are the ``scenarios`` folder at its top.
    """
    packaged = Path(__file__).parent / "shipped"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "scenarios"


def shipped_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that ship with sencosim, baseline first."""
    names = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
    return tuple(sorted(names, key=lambda name: name != "baseline"))


def display_name(path: Path) -> str:
    """Name of a file for messages and reports: as seen from where we are, else its bare name.

    Shipped scenarios are always ``scenarios/…``, wherever the package is installed.
    """
    resolved = path.resolve()
    for folder, prefix in ((shipped_folder().resolve(), "scenarios/"), (Path.cwd(), "")):
        if resolved.is_relative_to(folder):
            return prefix + resolved.relative_to(folder).as_posix()
    return resolved.name


@dataclass(frozen=True)
class Search:
    """One search for a scenario or a mixin, with what it found."""

    wanted: str  # name or path as written
    path: Path | None  # the file, or None
    folders: tuple[Path, ...]  # where was looked, in order

    def failure(self, what: str) -> str:
        """Sentence for a search that found nothing: nearest names and where was looked."""
        names = sorted({path.stem for folder in self.folders for s in SUFFIXES for path in folder.glob(f"*{s}")})
        stem = Path(self.wanted).stem if self.wanted.endswith(SUFFIXES) else self.wanted
        hint = did_you_mean(stem, names) or (f"There are: {listed(names)}." if names else "")
        places = ", ".join(dict.fromkeys(_folder_name(folder) for folder in self.folders))
        return f"There is no {what} named {self.wanted}. {hint}\nLooked in: {places}."


def _folder_name(folder: Path) -> str:
    if folder.resolve().is_relative_to(Path.cwd()):
        name = folder.resolve().relative_to(Path.cwd()).as_posix()
        return "this folder" if name == "." else f"{name}/"
    return SHIPPED if folder.resolve().is_relative_to(shipped_folder().resolve()) else f"{folder.resolve().name}/"


def find_scenario(wanted: str, folder: Path) -> Search:
    """Look for a scenario by name, or by path from the folder of the file that names it."""
    return _search(wanted, folder, (folder, Path("scenarios"), shipped_folder()))


def stand_in(name: str, folder: Path) -> Path | None:
    """File that stands for a shipped scenario by its bare name, for whoever names it in a folder; none if that does."""
    file = find_scenario(name, folder).path if name in shipped_scenarios() else None
    return None if file is None or file.resolve().parent == shipped_folder().resolve() else file


def find_mixin(wanted: str, folder: Path) -> Search:
    """Look for a mixin by name or path, in the ``mixins`` folders first."""
    roots = (folder, Path("scenarios"), shipped_folder())
    return _search(wanted, folder, tuple(place for root in roots for place in (root / MIXINS, root)))


def _search(wanted: str, folder: Path, folders: tuple[Path, ...]) -> Search:
    known = tuple({place.resolve(): place for place in folders if place.is_dir()}.values())
    if wanted.endswith(SUFFIXES):
        direct = folder / wanted
        candidates = [direct, *(place / wanted for place in known)]
    else:
        candidates = [place / f"{wanted}{suffix}" for place in known for suffix in SUFFIXES]
    return Search(wanted, next((path for path in candidates if is_file(path)), None), known)


def is_file(path: Path) -> bool:
    """Whether there is a file of a name, which may be one that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, or with signs that no name can hold
        return False
