"""What `rbrules init` and `rbrules rules new` write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final

from rbrules.conditions import OPERATORS
from rbrules.fields import CATALOGUE, Field
from rbrules.model import Kind, Rule, Severity
from rbrules.resources import schema_text

KIND_ROWS: Final[Mapping[Kind, tuple[str, str]]] = {
    "instansi": ("", "Instansi Contoh"),
    "indikator": ("indikator: [{kode: spip}]", "spip"),
    "kinerja": ("kinerja: [{id: A}]", "A"),
    "unit": ("unit: [{id: A}]", "A"),
    "tema": ("tema: [{kode: kemiskinan}]", "kemiskinan"),
    "rencana_aksi": ("rencana_aksi: [{id: A}]", "A"),
    "rekomendasi": ("rekomendasi: [{id: A}]", "A"),
}
"""The smallest row of each kind of subject in a case, and its id."""

_OWNERS: Final = {"unit": "unit", "indikator": "indikator"}
"""The key by which what lies below a subject of a kind names it."""

_SCHEMAS: Final = ".vscode/schemas"
_GLOBS: Final = {
    "rule": ["/*/*-[0-9][0-9][0-9].yaml"],
    "cases": ["/**/*.cases.yaml"],
    "parameter": ["/parameters/*.yaml"],
    "instrument": ["/instruments/*.yaml"],
    "vocabulary": ["/vocabulary/*.yaml"],
    "overrides": ["/overrides.yaml"],
    "waivers": ["/pengecualian.yaml"],
}
"""Which files of a folder each schema is for. Every JSON file in it is read as a rule too."""


def own_folder(name: str) -> Mapping[str, str]:
    """Return the files of a new folder of rules, by their path in it.

    Args:
        name: how the folder is called on the command line.
    """
    written = {
        path: _filled(path, folder=argument(name))
        for path in ("README.md", "overrides.yaml", "pengecualian.yaml")
    }
    yaml = {f"./{_SCHEMAS}/{schema}.schema.json": globs for schema, globs in _GLOBS.items()}
    settings = {"yaml.schemas": yaml}
    written[".vscode/settings.json"] = json.dumps(settings, indent=2) + "\n"
    written[".vscode/extensions.json"] = (
        json.dumps({"recommendations": ["redhat.vscode-yaml"]}, indent=2) + "\n"
    )
    for schema in _GLOBS:
        text = _rule_schema() if schema == "rule" else schema_text(schema)
        written[f"{_SCHEMAS}/{schema}.schema.json"] = text
    return written


def _rule_schema() -> str:
    """Return the schema of a rule with the names of all fields, for an editor to offer them."""
    schema = json.loads(schema_text("rule"))
    keys = schema["$defs"]["condition"]["properties"]
    for kind, catalogue in CATALOGUE.items():
        for field in catalogue.values():
            if OPERATORS[field.type]:
                key = keys.setdefault(field.name, {"$ref": "#/$defs/comparison", "description": ""})
                key["description"] += f"{kind}: {field.title.id} ({field.unit or field.type}). "
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def argument(name: str) -> str:
    """Write a path as one argument of a command, in a way that shells have in common."""
    return name if re.fullmatch(r"[\w./:~-]+", name) else f'"{name}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is known of a rule before it is written."""

    id: str
    kind: Kind
    severity: Severity
    fields: tuple[str, ...]
    """Names of fields of `kind`; each becomes a clause to be filled in."""
    addressees: tuple[str, ...]
    """Codes of the offices that have to act, the one in charge first."""
    year: int
    """The first year in which the rule is in force."""
    counted: Rule | None = None
    """A rule whose findings are counted, on a kind below `kind`."""


def new_rule(frame: Frame, verdict: str) -> tuple[str, str]:
    """Return the texts of a new rule and of its cases.

    Args:
        frame: what is known of it.
        verdict: what the rule says of the smallest subject of its kind.
    """
    catalogue = CATALOGUE[frame.kind]
    clauses = [_clause(catalogue[name]) for name in frame.fields]
    row, subject = KIND_ROWS[frame.kind]
    rows = [row] if row else []
    shown = ", ".join(f"{name}: ${name}" for name in frame.fields)
    if frame.counted is not None:
        clauses.append(
            f"count: {{rule: {frame.counted.id}, verdict: finding, at_least: 1}}"
            f"   # {frame.counted.title.id}"
        )
        shown = ", ".join(filter(None, (shown, "$count / $total")))
        rows.append(_part(frame.counted.applies_to, frame.kind, subject))
    rule = _filled(
        "rule.yaml",
        id=frame.id,
        kind=frame.kind,
        severity=frame.severity.value,
        first=frame.addressees[0],
        addressees=", ".join(frame.addressees),
        year=str(frame.year),
        schemas=f"../{_SCHEMAS}",
        title_id="...",
        title_en="...",
        message_id=f'"... ({shown})"',
        message_en=f'"... ({shown})"',
        when=_when(clauses),
    )
    cases = _filled(
        "cases.yaml",
        id=frame.id,
        year=str(frame.year),
        schemas=f"../{_SCHEMAS}",
        case_name="Of this subject the file says nothing more.",
        evaluation="\n".join(f"      {row}" for row in rows) or "      {}",
        subject=subject,
        verdict=verdict,
    )
    return rule, cases


def _part(kind: Kind, owner: Kind, id_: str) -> str:
    """Return the smallest row of a kind that lies below a subject."""
    row, _ = KIND_ROWS[kind]
    key = _OWNERS.get(owner)
    return row if key is None else row.replace("}", f", {key}: {id_}}}")


def _when(clauses: Sequence[str]) -> str:
    if len(clauses) == 1:
        return f"  {clauses[0]}"
    return "\n".join(["  all:", *(f"    - {clause}" for clause in clauses)])


def _clause(field: Field) -> str:
    """Write a first comparison of a field; its author changes operator and value."""
    operators = {
        "bool": "{is: false}",
        "number": "{below: 0}",
        "date": f"{{after: {{field: {'akhir_tahun' if field.name == 'as_of' else 'as_of'}}}}}",
        "text": "{missing: true}",
        "target": "{missing: true}",
    }
    unit = f"   # {field.title.id}; {field.unit}" if field.unit else f"   # {field.title.id}"
    return f"{field.name}: {operators[field.type]}{unit}"


def _filled(path: str, **values: str) -> str:
    text = files("rbrules.scaffold").joinpath("templates", path).read_text("utf-8")
    return Template(text).substitute(values)
