"""Rule folders to a rulebook: every file read, every name checked, all problems at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from rbrules.conditions import (
    BELOW,
    TALLY_WORDS,
    ConditionReader,
    as_constant,
    named_parameters,
    resolve,
    shown_parameters,
    tables,
    tallies,
)
from rbrules.errors import InputError, Problem, joined, say, show
from rbrules.fields import CATALOGUE
from rbrules.instruments import build_instrument, instrument_problems
from rbrules.load.document import Document
from rbrules.load.files import MAX_RULE_BYTES, read_bytes, rule_files
from rbrules.load.json_reader import load_json
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import (
    ADDRESSEE_PLACEHOLDER,
    SOURCE_PLACEHOLDER,
    Addressee,
    Citation,
    Constant,
    Criterion,
    DatedValue,
    Designation,
    Family,
    Instrument,
    Override,
    Parameter,
    Rule,
    Rulebook,
    Severity,
    Term,
    Text,
    Tree,
    Validity,
    Value,
    Verdict,
    Vocabulary,
    Waiver,
    escape,
)
from rbrules.validate import suggestion, validate

CASES_SUFFIX = ".cases"
"""`PK-001.cases.yaml` holds the cases of the rule in `PK-001.yaml`."""


_ROOT_FILES = {"overrides": "overrides", "pengecualian": "waivers"}
"""Files at the root of a rule folder that are no rules, by their name."""

FOLDERS = {"parameters": "parameter", "instruments": "instrument", "vocabulary": "vocabulary"}
"""Folders of a rule folder that hold no rules, and what they hold."""

OWN_FAMILY = "lokal"
"""The family of a rule file that lies directly in a rule folder, and of new rules."""

DAY = "tanggal"
"""The unit of parameters whose values are days, written as 2024-01-31."""


class RuleFile(NamedTuple):
    """A file of a rule folder: what it holds, what was read, and in which folder it lies."""

    kind: str
    family: str
    document: Document
    folder: int

    @property
    def is_own(self) -> bool:
        """Whether it is not shipped."""
        return self.folder > 0


@dataclass
class _Draft:
    """What has been read so far, and every problem met on the way."""

    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Kinds of which a file could not be read; what names things is read first."""
    families: dict[str, Family] = field(default_factory=dict)
    terms: dict[str, dict[str, Term]] = field(default_factory=dict)
    addressees: dict[str, Addressee] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    skema: tuple[str, ...] = ()
    criteria: dict[str, Criterion] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    instruments: list[tuple[Document, Instrument]] = field(default_factory=list)
    rules: dict[str, tuple[Document, Rule]] = field(default_factory=dict)
    off: dict[str, tuple[Document, Rule]] = field(default_factory=dict)
    """Rules that are switched off, and the part of the file that does so."""
    replaced: dict[str, Document] = field(default_factory=dict)
    """Parameters whose values were replaced, and the part of the file that does so."""
    overrides: list[Override] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)

    def vocabulary(self) -> Vocabulary:
        sections = {name: self.terms.get(name, {}) for name in _SECTIONS}
        return Vocabulary(
            addressees=self.addressees,
            families=self.families,
            heads=self.heads,
            skema=self.skema,
            criteria=self.criteria,
            **sections,
        )


_OFFICES_ELSEWHERE = "Officials are named in the recommendation only."
_NAMING = frozenset({"vocabulary", "parameter", "overrides"})
_WITH_ID = frozenset({"rule", "parameter"})
_SECTIONS = ("lines", "tema", "tema_lines", "status")


def load_rulebook(folders: Sequence[Path]) -> Rulebook:
    """Read a rulebook from rule folders; files of a later folder add to those before.

    Args:
        folders: the shipped `rules/`, then folders of the same layout: `<family>/<ID>.yaml`,
            `parameters/`, `instruments/`, `vocabulary/`, and `overrides.yaml` and
            `pengecualian.yaml` at the root.

    Returns:
        The rulebook, its parts sorted by id whatever the order of files.

    Raises:
        InputError: with every problem of every file.
    """
    draft = _Draft()
    files = list(_read_files(folders, draft))
    for kind, read in _READERS:
        if draft.broken & _NAMING and kind not in _NAMING:
            # Checking names against a list that could not be read would only add noise.
            raise InputError(draft.problems)
        for file in files:
            if file.kind == kind:
                read(file, draft)
    _check_instruments(draft)
    _check_references(draft)
    if draft.problems:
        raise InputError(draft.problems)
    return Rulebook(
        rules=tuple(rule for _, (_, rule) in sorted(draft.rules.items())),
        parameters=dict(sorted(draft.parameters.items())),
        instruments=tuple(
            sorted((i for _, i in draft.instruments), key=lambda instrument: instrument.id)
        ),
        vocabulary=draft.vocabulary(),
        digest=_digest(files),
        folders=tuple(
            _digest(file for file in files if file.folder == place) for place in range(len(folders))
        ),
        off=tuple(rule for _, (_, rule) in sorted(draft.off.items())),
        own=frozenset(
            file.document.tree["id"] for file in files if file.is_own and file.kind in _WITH_ID
        ),
        # Of two changes of one rule the later folder's stays last.
        overrides=tuple(sorted(draft.overrides, key=lambda o: (o.kind, o.id))),
        waivers=tuple(sorted(draft.waivers, key=lambda w: (w.rule, w.instansi, w.subject))),
    )


def _digest(files: Iterable[RuleFile]) -> str:
    """Digest the contents; order counts only where it decides, which is among overrides."""
    files = list(files)
    lines = sorted(f"{file.kind} {file.family} {file.document.digest}" for file in files)
    lines += [file.document.digest for file in files if file.kind == "overrides"][1:]
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


# --- reading -----------------------------------------------------------------------------------


def _read_files(folders: Sequence[Path], draft: _Draft) -> Iterator[RuleFile]:
    for place, folder in enumerate(folders):
        try:
            paths = rule_files(folder)
        except InputError as error:
            draft.problems += error.problems
            continue
        first: dict[str, str] = {}
        for path in paths:
            kind = file_kind(path, folder)
            if kind == "cases":
                continue
            try:
                document = read_document(path, folder)
                _check_place(document, path, folder, kind, first)
                validate(document, kind)
            except InputError as error:
                draft.problems += error.problems
                draft.broken.add(kind)
                continue
            family = path.relative_to(folder).parent.name or OWN_FAMILY
            yield RuleFile(kind, family, document, place)


def _check_place(
    document: Document, path: Path, folder: Path, kind: str, first: dict[str, str]
) -> None:
    """Refuse a file of the root that lies elsewhere, and a second one: which of them counts?"""
    if kind == "rule" and path.stem in _ROOT_FILES:
        expected = say("$name in $name2 itself", name=path.name, name2=folder.resolve().name)
        raise InputError(
            [document.problem("", say("the folder $name", name=path.parent.name), expected)]
        )
    if kind in _ROOT_FILES.values() and first.setdefault(kind, path.name) != path.name:
        found = say("$name beside $first", name=path.name, first=first[kind])
        raise InputError([document.problem("", found, "one such file in a folder")])


def file_kind(path: Path, folder: Path) -> str:
    """Tell by its place what a file of a rule folder holds: the name of its schema."""
    relative = path.relative_to(folder)
    if path.stem.endswith(CASES_SUFFIX):
        return "cases"
    if len(relative.parts) == 1 and path.stem in _ROOT_FILES:
        return _ROOT_FILES[path.stem]
    if len(relative.parts) > 1 and relative.parts[0] in FOLDERS:
        return FOLDERS[relative.parts[0]]
    return "rule"


def read_document(path: Path, folder: Path) -> Document:
    """Read a YAML or JSON file of a rule folder, named by its path from the folder's parent.

    Raises:
        InputError: it cannot be read as such.
    """
    name = f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}"
    load: Callable[[bytes, str], Document] = load_json if path.suffix == ".json" else load_yaml
    return load(read_bytes(path, MAX_RULE_BYTES), name)


def _text(tree: Tree) -> Text:
    return Text(tree["id"].strip(), tree["en"].strip())


def _validity(tree: Tree) -> Validity:
    end = tree.get("to")
    return Validity(
        start=date.fromisoformat(tree["from"]), to=date.fromisoformat(end) if end else None
    )


def _citations(tree: Tree) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            jenis=item["jenis"],
            nomor=str(item.get("nomor") or ""),
            tahun=item.get("tahun"),
            bagian=item.get("bagian") or "",
            url=item.get("url") or "",
            verified=bool(item.get("verified")),
            start=date.fromisoformat(item["from"]) if item.get("from") else None,
            to=date.fromisoformat(item["to"]) if item.get("to") else None,
        )
        for item in tree or ()
    )


def _read_vocabulary(file: RuleFile, draft: _Draft) -> None:
    document = file.document
    for section in _SECTIONS:
        known = draft.terms.setdefault(section, {})
        for kode, term in _new_entries(document, section, known, draft):
            known[kode] = Term(
                kode=kode, nama=_text(term["nama"]), aliases=tuple(term.get("aliases") or ())
            )
    for kode, item in _new_entries(document, "families", draft.families, draft):
        bukti = _text(item["bukti"]) if "bukti" in item else None
        aliases = tuple(item.get("aliases") or ())
        draft.families[kode] = Family(
            kode=kode, nama=_text(item["nama"]), aliases=aliases, bukti=bukti
        )
    for kode, item in _new_entries(document, "addressees", draft.addressees, draft):
        draft.problems += _group_problems(document, kode, item)
        draft.addressees[kode] = _addressee(kode, item)
    for unit, title in _new_entries(document, "heads", draft.heads, draft):
        draft.heads[unit.casefold()] = title
    draft.skema += tuple(document.tree.get("skema") or ())
    for kode, item in _new_entries(document, "criteria", draft.criteria, draft):
        draft.criteria[kode] = Criterion(
            kode=kode,
            nama=_text(item["nama"]),
            line=item["line"],
            valid=_validity(item["valid"]),
            verified=item["verified"],
        )


def _new_entries(
    document: Document, section: str, known: Mapping[str, object], draft: _Draft
) -> Iterator[tuple[str, Tree]]:
    """Yield the entries of a section of the vocabulary; one that is known is a problem too."""
    for key, item in (document.tree.get(section) or {}).items():
        if key in known or key.casefold() in known:
            pointer = f"/{section}/{escape(key)}"
            found = say("$key a second time", key=show(key))
            draft.problems.append(document.problem(pointer, found, "each code once"))
        yield key, item


def _addressee(kode: str, tree: Tree) -> Addressee:
    rows = tree.get("groups") or ()
    groups = {kelompok: _designation(row) for row in rows for kelompok in row["kelompok"]}
    general = _designation(tree)
    return Addressee(
        kode=kode,
        nama=general.nama,
        aliases=tuple(tree.get("aliases") or ()),
        named_by=general.named_by,
        groups=groups,
    )


def _designation(tree: Tree) -> Designation:
    return Designation(nama=_text(tree["nama"]), named_by=tuple(tree.get("named_by") or ()))


def _group_problems(document: Document, kode: str, tree: Tree) -> Iterator[Problem]:
    """Refuse a group of agencies that would have two names for one addressee."""
    seen: set[str] = set()
    for row, item in enumerate(tree.get("groups") or ()):
        for index, kelompok in enumerate(item["kelompok"]):
            if kelompok in seen:
                pointer = f"/addressees/{kode}/groups/{row}/kelompok/{index}"
                found = say("$kelompok a second time", kelompok=show(kelompok))
                yield document.problem(pointer, found, "each group once")
            seen.add(kelompok)


def _read_parameter(file: RuleFile, draft: _Draft) -> None:
    document, tree = file.document, file.document.tree
    id_ = tree["id"]
    _check_name(document, id_, draft)
    if id_ in draft.parameters:
        found = say("the parameter $id a second time", id=show(id_))
        hint = "To change its values write them in overrides.yaml, with a reason."
        draft.problems.append(document.problem("/id", found, "a new id", hint))
    values = _dated_values(document, tree["unit"], draft)
    if values is None:
        draft.broken.add("parameter")
        return
    draft.parameters[id_] = Parameter(
        id=id_, title=_text(tree["title"]), unit=tree["unit"], values=values, file=document.name
    )


def _dated_values(document: Document, unit: str, draft: _Draft) -> tuple[DatedValue, ...] | None:
    """Read the values of a parameter, or of what overrides it; None where they cannot be used."""
    days = [] if unit != DAY else list(_day_problems(document))
    if days:
        draft.problems += days
        return None
    values = tuple(
        DatedValue(
            value=_parameter_value(item["value"], unit),
            valid=_validity(item),
            source=item["source"],
            citation=_citations(item.get("citation")),
        )
        for item in document.tree["values"]
    )
    order = sorted(range(len(values)), key=lambda index: values[index].valid.start)
    ordered = [values[index] for index in order]
    for index, value in enumerate(values):
        draft.problems += _period_problems(document, f"/values/{index}", value.valid)
    for (before, after), index in zip(pairwise(ordered), order[1:], strict=True):
        if before.valid.to is None or before.valid.to >= after.valid.start:
            found = say(
                "$start, when the value from $start2 still holds",
                start=after.valid.start,
                start2=before.valid.start,
            )
            draft.problems.append(
                document.problem(
                    f"/values/{index}/from",
                    found,
                    "periods that do not overlap",
                    "Give the earlier value its last day under `to`.",
                )
            )
    return tuple(ordered)


def _day_problems(document: Document) -> Iterator[Problem]:
    for index, item in enumerate(document.tree["values"]):
        raw = item["value"]
        for value in raw if isinstance(raw, list) else [raw]:
            if as_constant(value, "date", "is") is None:
                pointer = f"/values/{index}/value"
                yield document.problem(
                    pointer, show(value), say("a day, as the unit is $day", day=DAY)
                )


def _period_problems(document: Document, pointer: str, valid: Validity) -> Iterator[Problem]:
    if valid.to is not None and valid.to < valid.start:
        expected = say("a day on or after $start, the first day", start=valid.start)
        yield document.problem(f"{pointer}/to", str(valid.to), expected)


def _parameter_value(raw: Tree, unit: str) -> Value | tuple[Value, ...]:
    if isinstance(raw, list):
        return tuple(_scalar(item, unit) for item in raw)
    return _scalar(raw, unit)


def _scalar(raw: Tree, unit: str) -> Value:
    if unit == DAY:
        return date.fromisoformat(raw)
    return raw if isinstance(raw, bool | str) else Decimal(raw)


def _read_instrument(file: RuleFile, draft: _Draft) -> None:
    document = file.document
    _check_name(document, document.tree["id"], draft)
    instrument = build_instrument(document, _text, _validity, _citations)
    draft.problems += _period_problems(document, "/valid", instrument.valid)
    draft.problems += instrument_problems(document, instrument, draft.vocabulary())
    if instrument.tolerance not in draft.parameters:
        hint = suggestion(instrument.tolerance, draft.parameters)
        draft.problems.append(
            document.problem("/tolerance", show(instrument.tolerance), "a parameter", hint)
        )
    draft.instruments.append((document, instrument))


def _read_rule(file: RuleFile, draft: _Draft) -> None:
    document, tree = file.document, file.document.tree
    _check_name(document, tree["id"], draft)
    if tree["id"] in draft.rules:
        other = draft.rules[tree["id"]][0].name
        found = say("$id, which is the id of $other too", id=tree["id"], other=other)
        hint = "To change that rule write what differs in overrides.yaml, with a reason."
        draft.problems.append(document.problem("/id", found, "a new id", hint))
        return
    reader = ConditionReader(
        document, tree["applies_to"], draft.parameters, draft.replaced, draft.vocabulary()
    )
    where = reader.read(tree["where"], "/where") if tree.get("where") else None
    when = reader.read(tree["when"], "/when")
    reader.check_tables()
    draft.problems += reader.problems
    rule = Rule(
        id=tree["id"],
        family=file.family,
        title=_text(tree["title"]),
        severity=Severity(tree["severity"]),
        applies_to=tree["applies_to"],
        needs=tuple(tree.get("needs") or ()),
        where=where,
        when=when,
        on_missing=Verdict(tree.get("on_missing") or "unknown"),
        message=_text(tree["message"]),
        recommendation=_text(tree["recommendation"]),
        addressee=tuple(tree["recommendation"]["addressee"]),
        raises=tree.get("raises"),
        citation=_citations(tree["citation"]),
        source=tree.get("source") or "",
        reference=tree.get("reference") or "",
        valid=_validity(tree["valid"]),
        tags=tuple(tree.get("tags") or ()),
        file=document.name,
        evidence=_text(tree["evidence"]) if tree.get("evidence") else None,
    )
    draft.rules[rule.id] = (document, rule)
    if not reader.problems:
        draft.problems += _name_problems(document, rule, draft)


def _override_parameters(file: RuleFile, draft: _Draft) -> None:
    document = file.document
    for id_, entry in (document.tree.get("parameters") or {}).items():
        pointer = f"/parameters/{id_}"
        part = document.below(pointer)
        old = draft.parameters.get(id_)
        if old is None:
            if "parameter" in draft.broken:  # it may be in a file that could not be read
                continue
            hint = suggestion(id_, draft.parameters)
            found = say("the parameter $id", id=show(id_))
            draft.problems.append(
                document.problem(pointer, found, "a parameter that exists", hint, of_key=True)
            )
            continue
        values = _dated_values(part, old.unit, draft)
        if values is None:
            continue
        unlike = list(_kind_problems(part, old))
        if unlike:
            draft.problems += unlike
            continue
        new = replace(old, values=values)
        draft.parameters[id_] = new
        draft.replaced[id_] = part
        draft.overrides.append(
            Override(
                kind="parameter",
                id=id_,
                keys=("values",),
                reason=entry["reason"].strip(),
                file=document.name,
                before=old,
                after=new,
            )
        )


def _kind_problems(part: Document, old: Parameter) -> Iterator[Problem]:
    """Refuse values of another kind than those that they replace: rules compare with them."""
    kinds = {_kind_of(dated.value) for dated in old.values}
    for index, item in enumerate(part.tree["values"]):
        kind = _kind_of(_parameter_value(item["value"], old.unit))
        if kind not in kinds:
            found = joined(show(item["value"]), kind, by=", ")
            expected = say(
                "$words, as the values that it replaces", words=joined(*sorted(kinds), by=" or ")
            )
            yield part.problem(f"/values/{index}/value", found, expected)


def _kind_of(value: Value | tuple[Value, ...]) -> str:
    """Say in words what kind of value a parameter has."""
    if isinstance(value, tuple):
        return say(
            "a list of $words",
            words=joined(*sorted({_kind_of(part)[2:] + "s" for part in value}), by=" and "),
        )
    if isinstance(value, bool):
        return "a truth"
    if isinstance(value, date):
        return "a day"
    return "a word" if isinstance(value, str) else "a number"


def _override_rules(file: RuleFile, draft: _Draft) -> None:
    document = file.document
    for id_, entry in (document.tree.get("rules") or {}).items():
        pointer = f"/rules/{id_}"
        part = document.below(pointer)
        if id_ not in draft.rules:
            if "rule" in draft.broken:  # it may be in a file that could not be read
                continue
            hint = suggestion(id_, draft.rules)
            if id_ in draft.off:
                hint = say("$name switches it off.", name=draft.off[id_][0].name)
            found = say("the rule $id", id=show(id_))
            draft.problems.append(
                document.problem(pointer, found, "the id of a rule", hint, of_key=True)
            )
            continue
        origin, rule = draft.rules[id_]
        keys = tuple(key for key in entry if key != "reason")
        if not keys:
            expected = "what differs of the rule: off, severity, title, message or recommendation"
            draft.problems.append(document.problem(pointer, "a reason only", expected))
        changed = None if entry.get("off") else _overridden(rule, entry)
        draft.overrides.append(
            Override(
                kind="rule",
                id=id_,
                keys=keys,
                reason=entry["reason"].strip(),
                file=document.name,
                before=rule,
                after=changed,
            )
        )
        if changed is None:
            del draft.rules[id_]
            draft.off[id_] = (part, rule)
            continue
        draft.rules[id_] = (origin, changed)
        draft.problems += [
            problem
            for problem in _name_problems(part, changed, draft)
            if any(problem.pointer.startswith(f"{part.base}/{key}") for key in keys)
        ]


def _overridden(rule: Rule, entry: Tree) -> Rule:
    recommendation = entry.get("recommendation") or {}
    return replace(
        rule,
        severity=Severity(entry.get("severity") or rule.severity),
        title=_text(entry["title"]) if "title" in entry else rule.title,
        message=_text(entry["message"]) if "message" in entry else rule.message,
        recommendation=_text(recommendation) if "id" in recommendation else rule.recommendation,
        addressee=tuple(recommendation.get("addressee") or rule.addressee),
    )


def _read_waivers(file: RuleFile, draft: _Draft) -> None:
    document = file.document
    for index, item in enumerate(document.tree["pengecualian"]):
        part = document.below(f"/pengecualian/{index}")
        paper = item["dokumen"]
        waiver = Waiver(
            rule=item["aturan"],
            instansi=item["instansi"],
            subject=item["subjek"],
            reason=item["alasan"].strip(),
            office=item["pejabat"],
            document=f"{paper['jenis']} {paper['nomor']}",
            decided=date.fromisoformat(paper["tanggal"]),
            until=date.fromisoformat(item["sampai"]),
            file=document.name,
        )
        known = {*draft.rules, *draft.off}
        if waiver.rule not in known and "rule" not in draft.broken:
            hint = suggestion(waiver.rule, draft.rules)
            draft.problems.append(
                part.problem("/aturan", show(waiver.rule), "the id of a rule", hint)
            )
        if waiver.until < waiver.decided:
            expected = say(
                "a day on or after $decided, the date of the decision", decided=waiver.decided
            )
            draft.problems.append(part.problem("/sampai", str(waiver.until), expected))
        key = (waiver.rule, waiver.instansi, waiver.subject)
        for other in draft.waivers:
            if (other.rule, other.instansi, other.subject) == key:
                words = "$rule for $subject a second time"
                if other.file != document.name:
                    words += ", which is in $file too"
                subject = show(waiver.subject)
                found = say(words, rule=waiver.rule, subject=subject, file=other.file)
                expected = "one entry for a rule and a subject"
                draft.problems.append(part.problem("", found, expected))
                break
        draft.waivers.append(waiver)


_READERS: tuple[tuple[str, Callable[[RuleFile, _Draft], None]], ...] = (
    ("vocabulary", _read_vocabulary),
    ("parameter", _read_parameter),
    ("overrides", _override_parameters),
    ("instrument", _read_instrument),
    ("rule", _read_rule),
    ("overrides", _override_rules),
    ("waivers", _read_waivers),
)


# --- cross-checks ------------------------------------------------------------------------------


def _check_name(document: Document, id_: str, draft: _Draft) -> None:
    stem = document.name.rpartition("/")[2].partition(".")[0]
    if stem != id_:
        draft.problems.append(
            document.problem("/id", show(id_), say("$stem, the name of the file", stem=show(stem)))
        )


def _name_problems(document: Document, rule: Rule, draft: _Draft) -> Iterator[Problem]:
    """Check addressees, the raised line, needs, placeholders and the dates of parameters."""
    addressees = draft.addressees
    for index, word in enumerate(rule.addressee):
        if word not in addressees:
            pointer = f"/recommendation/addressee/{index}"
            hint = suggestion(word, addressees)
            yield document.problem(pointer, show(word), "an addressee of the vocabulary", hint)
    lines = draft.terms.get("lines", {})
    if rule.raises is not None and rule.raises not in lines:
        yield document.problem(
            "/raises", show(rule.raises), "a line of the index", suggestion(rule.raises, lines)
        )
    if rule.needs and rule.applies_to not in {"kinerja", "unit"}:
        found = say("needs on $applies_to", applies_to=rule.applies_to)
        yield document.problem("/needs", found, "needs on kinerja or unit only", of_key=True)
    yield from _period_problems(document, "/valid", rule.valid)
    yield from _placeholder_problems(document, rule, addressees)
    for name in named_parameters(rule):
        gap = _first_gap(draft.parameters[name], rule.valid)
        if gap is not None and name in draft.replaced:
            found = say("no value on $gap, when $id asks for it", gap=gap, id=rule.id)
            expected = "a value on every day of the rules that use it"
            yield draft.replaced[name].problem("/values", found, expected)
        elif gap is not None:
            found = say("the parameter $name, which has no value on $gap", name=name, gap=gap)
            expected = "a parameter with a value on every day"
            hint = "Add a value with that period to the parameter, or shorten `valid`."
            yield document.problem("/valid", found, expected, hint)


def _placeholder_problems(
    document: Document, rule: Rule, addressees: Mapping[str, Addressee]
) -> Iterator[Problem]:
    thresholds = {*shown_parameters(rule), *(t.name for t in tables(rule) if t.policy == "first")}
    known = {*CATALOGUE[rule.applies_to], *thresholds, *(t.name for t in tables(rule))}
    known |= {f"{SOURCE_PLACEHOLDER}{name}" for name in thresholds}
    if any(True for _ in tallies(rule)):
        known |= TALLY_WORDS
    texts = {
        "title": rule.title,
        "message": rule.message,
        "recommendation": rule.recommendation,
    }
    for key, text in texts.items():
        for lang in ("id", "en"):
            pointer = f"/{key}/{lang}"
            template = Template(text.in_language(lang))
            if not template.is_valid():
                yield document.problem(pointer, "a lone $", "$name, or $$ for a dollar sign")
                continue
            for name in template.get_identifiers():
                word = name.removeprefix(ADDRESSEE_PLACEHOLDER)
                if key == "recommendation" and word != name:
                    yield from _office_problems(document, rule, pointer, word, addressees)
                elif name not in known:
                    hint = suggestion(name, known) if word == name else _OFFICES_ELSEWHERE
                    yield document.problem(
                        pointer,
                        say("the placeholder $$$name", name=name),
                        say(
                            "a field of $applies_to, or a parameter or table of the condition",
                            applies_to=rule.applies_to,
                        ),
                        hint,
                    )


def _office_problems(
    document: Document, rule: Rule, pointer: str, word: str, addressees: Mapping[str, Addressee]
) -> Iterator[Problem]:
    """Refuse a placeholder for an office that the recommendation is not addressed to."""
    if word in rule.addressee:
        return
    if word in addressees:
        hint = say("Add $word to addressee, or name another office.", word=word)
    else:
        hint = suggestion(word, rule.addressee) or suggestion(word, addressees)
    yield document.problem(
        pointer,
        say(
            "the placeholder $$$addressee_placeholder$word",
            addressee_placeholder=ADDRESSEE_PLACEHOLDER,
            word=word,
        ),
        say(
            "one of $words",
            words=", ".join(f"${ADDRESSEE_PLACEHOLDER}{known}" for known in rule.addressee),
        ),
        hint,
    )


def _first_gap(parameter: Parameter, valid: Validity) -> date | None:
    """Return the first day of `valid` on which the parameter has no value, or None."""
    day: date | None = valid.start
    while day is not None and (valid.to is None or day <= valid.to):
        value = parameter.on(day)
        if value is None:
            return day
        end = value.valid.to
        day = None if end in {None, date.max} else end + timedelta(days=1)
    return None


def _check_instruments(draft: _Draft) -> None:
    for (_, first), (document, second) in combinations(draft.instruments, 2):
        if first.id == second.id:
            draft.problems.append(
                document.problem("/id", say("$id a second time", id=show(second.id)), "a new id")
            )
        shared = set(first.kelompok) & set(second.kelompok)
        if first.measures == second.measures and shared and _overlap(first.valid, second.valid):
            found = say("a period that overlaps with that of $id", id=first.id)
            draft.problems.append(
                document.problem("/valid", found, "one instrument on each day for each group")
            )


def _overlap(first: Validity, second: Validity) -> bool:
    return first.holds_on(second.start) or second.holds_on(first.start)


def _check_references(draft: _Draft) -> None:
    """Check second-order references: they exist, lie below, are in force, and form no cycle."""
    for id_, (part, _) in draft.off.items():
        counting = [
            rule.id
            for _, rule in draft.rules.values()
            if any(tally.rule == id_ for tally in tallies(rule))
        ]
        if counting:
            found = say(
                "$id switched off, which is counted by $words",
                id=id_,
                words=", ".join(sorted(counting)),
            )
            expected = "a rule that no other rule counts"
            hint = "Switch off those too, or leave this one on."
            draft.problems.append(part.problem("/off", found, expected, hint))
    for document, rule in draft.rules.values():
        for tally in tallies(rule):
            if tally.rule in draft.off:  # a problem of the file that switches it off
                continue
            pointer = _tally_pointer(document.tree, tally.rule)
            if tally.rule not in draft.rules:
                if "rule" not in draft.broken:  # else it may be in a file that could not be read
                    found = say("the rule $rule", rule=show(tally.rule))
                    hint = suggestion(tally.rule, draft.rules)
                    draft.problems.append(
                        document.problem(pointer, found, "the id of a rule", hint)
                    )
                continue
            counted = draft.rules[tally.rule][1]
            if counted.applies_to not in BELOW.get(rule.applies_to, frozenset()):
                found = say(
                    "$id, a rule on $applies_to", id=counted.id, applies_to=counted.applies_to
                )
                expected = say("a rule on subjects below $applies_to", applies_to=rule.applies_to)
                draft.problems.append(document.problem(pointer, found, expected))
            if not _lies_within(rule.valid, counted.valid):
                found = say(
                    "$valid, longer than $id is in force",
                    valid=_period_words(rule.valid),
                    id=counted.id,
                )
                expected = say(
                    "a period within that of $id, $valid",
                    id=counted.id,
                    valid=_period_words(counted.valid),
                )
                draft.problems.append(document.problem("/valid", found, expected))
    for cycle in _cycles({id_: rule for id_, (_, rule) in draft.rules.items()}):
        document = draft.rules[cycle[0]][0]
        pointer = _tally_pointer(document.tree, cycle[1])
        found = say("rules that count each other: $words", words=" -> ".join(cycle))
        draft.problems.append(document.problem(pointer, found, "no cycle"))


def _tally_pointer(tree: Tree, rule: str) -> str:
    """Return where a rule file first counts the outcomes of `rule`."""
    left = [("/where", tree.get("where")), ("/when", tree["when"])]
    while left:
        pointer, node = left.pop(0)
        if isinstance(node, dict):
            if node.get("rule") == rule:
                return f"{pointer}/rule"
            left += [(f"{pointer}/{escape(key)}", part) for key, part in node.items()]
        elif isinstance(node, list):
            left += [(f"{pointer}/{index}", part) for index, part in enumerate(node)]
    return "/when"


def _period_words(valid: Validity) -> str:
    return (
        say("$start to $to", start=valid.start, to=valid.to)
        if valid.to
        else say("from $start", start=valid.start)
    )


def _lies_within(inner: Validity, outer: Validity) -> bool:
    ends_inside = outer.to is None or (inner.to is not None and inner.to <= outer.to)
    return outer.start <= inner.start and ends_inside


def _cycles(rules: Mapping[str, Rule]) -> Iterator[tuple[str, ...]]:
    """Yield each cycle once, starting at its smallest id."""
    for start in sorted(rules):
        paths: list[tuple[str, ...]] = [(start,)]
        while paths:
            path = paths.pop()
            for tally in tallies(rules[path[-1]]):
                if tally.rule == start:
                    yield (*path, start)
                elif tally.rule in rules and tally.rule > start and tally.rule not in path:
                    paths.append((*path, tally.rule))


# --- the rules of a day ------------------------------------------------------------------------

EDITIONS: Final = 64
"""So many are kept: one for each year that evaluations are of, and each selection of rules."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The rules and parameters in force on one day; constants stand in the conditions."""

    rules: tuple[Rule, ...]
    parameters: Mapping[str, Constant]


@lru_cache(EDITIONS)
def edition(rulebook: Rulebook, day: date) -> Edition:
    """Return what is in force on `day`, rules sorted by id."""
    parameters = {
        name: Constant(dated.value, name)
        for name, parameter in rulebook.parameters.items()
        if (dated := parameter.on(day)) is not None
    }
    rules = tuple(
        replace(
            rule,
            where=None if rule.where is None else resolve(rule.where, parameters),
            when=resolve(rule.when, parameters),
        )
        for rule in rulebook.rules
        if rule.valid.holds_on(day)
    )
    return Edition(rules, parameters)


@lru_cache(EDITIONS)
def strata(rules: tuple[Rule, ...]) -> tuple[tuple[Rule, ...], ...]:
    """Order rules so that each comes after the rules that it counts.

    Returns:
        Groups of rules; a rule counts only rules of earlier groups.
    """
    left = {rule.id: rule for rule in rules}
    ordered: list[tuple[Rule, ...]] = []
    while left:
        ready = tuple(
            rule for rule in left.values() if not any(t.rule in left for t in tallies(rule))
        )
        ordered.append(ready)
        for rule in ready:
            del left[rule.id]
    return tuple(ordered)
