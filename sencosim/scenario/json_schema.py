"""The JSON Schema of scenario files, for editors that check while one types."""

from __future__ import annotations

import json

from sencosim.scenario.schema import Scenario


def json_schema() -> str:
    """JSON Schema of a scenario file, as text that ends with a line break.

    Files may give an override in short form, as a number, and say ``auto`` for a number that the tool is to decide; the
    schema allows both.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "sencosim scenario"
    overrides = schema["properties"]["overrides"]
    number = {"type": "number"}
    short = {"anyOf": [{"type": "null"}, number, {"type": "array", "items": number}, overrides["additionalProperties"]]}
    overrides["additionalProperties"] = short
    schema["$defs"]["RunSettings"]["properties"]["replications"]["anyOf"].append({"const": "auto"})
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
