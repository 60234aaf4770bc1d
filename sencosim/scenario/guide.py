"""What may stand where in a scenario file, read from the JSON Schema of the settings.

All messages, suggestions and listings go through here, so that a new setting needs no change anywhere else.
"""

from __future__ import annotations

import ast
import inspect
import json
import pathlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import pydantic

from sencosim.levers.fields import Setting
from sencosim.remembered import remembered
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Path

JsonSchema = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Guide:
    """One place in a scenario: what it means and what may stand there."""

    _root: JsonSchema
    _here: JsonSchema

    @property
    def _target(self) -> JsonSchema:
        """Schema of the place, with references followed and the alternative ``null`` left out."""
        here = self._here
        while "$ref" in here or "anyOf" in here:
            if "$ref" in here:
                here = self._root["$defs"][here["$ref"].rsplit("/", 1)[-1]]
            else:
                here = next(option for option in here["anyOf"] if option.get("type") != "null")
        return here

    @property
    def description(self) -> str:
        """What the setting means, on one line."""
        text = self._here.get("description") or self._target.get("description") or ""
        return " ".join(str(text).split())

    @property
    def default(self) -> object:
        """Value if nothing is set."""
        return self._here.get("default")

    @property
    def unit(self) -> str:
        """Unit, or an empty text."""
        return str(self._target.get("unit", ""))

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Lowest and highest allowed value."""
        target = self._target
        return target.get("minimum", target.get("exclusiveMinimum")), target.get("maximum")

    @property
    def choices(self) -> tuple[str, ...]:
        """Words that are allowed, if only some are."""
        target = self._target
        return tuple(target.get("enum") or target.get("items", {}).get("enum") or ())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the settings inside, if they are fixed."""
        target = self._target
        return tuple(target.get("properties") or target.get("propertyNames", {}).get("enum") or ())

    @property
    def kind(self) -> str:
        """``object``, ``array``, ``number``, ``integer``, ``boolean`` or ``string``."""
        return str(self._target.get("type", ""))

    def child(self, step: str | int) -> Guide | None:
        """Guide to a setting inside, or to an item of a list; ``None`` if there is no such place."""
        target = self._target
        if isinstance(step, int):
            inside = target.get("items")
        else:
            inside = target.get("properties", {}).get(step)
            if inside is None and (self.choices_of_key is None or step in self.choices_of_key):
                patterns = list(target.get("patternProperties", {}).values())
                inside = patterns[0] if patterns else target.get("additionalProperties")
        return Guide(self._root, inside) if isinstance(inside, dict) else None

    @property
    def choices_of_key(self) -> tuple[str, ...] | None:
        """Names that are allowed in a group of free names; ``None`` if any is."""
        allowed = self._target.get("propertyNames", {}).get("enum")
        return tuple(allowed) if allowed else None

    def at(self, path: Path) -> Guide | None:
        """Guide to a place further in."""
        here: Guide | None = self
        for step in path:
            here = here.child(step) if here is not None else None
        return here

    def places(self, path: Path = ()) -> Iterator[Path]:
        """Every named place inside, outermost first. Free names are left out."""
        for name in self.names:
            yield (*path, name)
        for name in self.names:
            child = self.child(name)
            if child is not None:
                yield from child.places((*path, name))


@lru_cache(maxsize=1)
def scenario_guide() -> Guide:
    """Guide to a whole scenario."""
    root = remembered("guide", sources_of_settings(), _schema)
    return Guide(root, root)


def sources_of_settings() -> bytes:
    """Everything that says what may stand in a scenario."""
    package = pathlib.Path(__file__).parent.parent
    files = sorted(
        path for pattern in ("*.py", "evidence/*.py", "levers/*.py", "scenario/*.py") for path in package.glob(pattern)
    )
    return b"".join([pydantic.VERSION.encode(), *(path.read_bytes() for path in files)])


def _schema() -> JsonSchema:
    """JSON Schema of the settings, each described by the text below it in its class."""
    root = Scenario.model_json_schema(by_alias=True)
    described = {"Scenario": root} | root["$defs"]
    for model in _settings(Setting):
        properties = described.get(model.__name__, {}).get("properties", {})
        for name, field in model.model_fields.items():
            text = next((texts[name] for texts in map(_texts, model.__mro__) if name in texts), None)
            if text is not None and (field.alias or name) in properties:
                properties[field.alias or name].setdefault("description", text)
    return root


def _settings(model: type[Setting]) -> Iterator[type[Setting]]:
    for one in model.__subclasses__():
        yield one
        yield from _settings(one)


@cache
def _texts(model: type) -> dict[str, str]:
    """Texts below the fields of a class, by name of the field."""
    if not model.__module__.startswith("sencosim"):
        return {}
    module = ast.parse(inspect.getsource(sys.modules[model.__module__]))
    body = next(
        (one.body for one in ast.walk(module) if isinstance(one, ast.ClassDef) and one.name == model.__name__), []
    )
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


@cache
def homes(name: str) -> tuple[Path, ...]:
    """Every place where a setting of this name lives, outermost first.

    Examples
    --------
    >>> homes("seed")
    (('run', 'seed'),)
    """
    return tuple(sorted((path for path in scenario_guide().places() if path[-1] == name), key=len))


def explain_setting(path: Path) -> str:
    """Describe a setting or a lever in plain text; :class:`KeyError` if there is no setting at that path.

    Examples
    --------
    >>> print(explain_setting(("run", "seed")).splitlines()[1])
    Number that fixes every chance draw. The same seed gives the same results.
    """
    guide = scenario_guide().at(path)
    if guide is None:
        raise KeyError(".".join(str(step) for step in path))
    lines = [".".join(str(step) for step in path), guide.description]
    low, high = guide.limits
    if guide.unit:
        lines.append(f"unit: {guide.unit}")
    if low is not None or high is not None:
        lines.append(f"allowed: {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}")
    if guide.choices:
        lines.append(f"one of: {', '.join(guide.choices)}")
    for name in guide.names:
        inside = guide.child(name)
        if inside is not None:
            unit = f" [{inside.unit}]" if inside.unit else ""
            lines.append(f"  {name}{unit}: {inside.description}")
    return "\n".join(lines)


def json_schema() -> str:
    """JSON Schema of a scenario file, as text that ends with a line break.

    Files may give an override in short form, as a number, and say ``auto`` for a number that the tool is to decide; the
    schema allows both.
    """
    schema = _schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "sencosim scenario"
    overrides = schema["properties"]["overrides"]
    number = {"type": "number"}
    short = {"anyOf": [{"type": "null"}, number, {"type": "array", "items": number}, overrides["additionalProperties"]]}
    overrides["additionalProperties"] = short
    schema["$defs"]["RunSettings"]["properties"]["replications"]["anyOf"].append({"const": "auto"})
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
