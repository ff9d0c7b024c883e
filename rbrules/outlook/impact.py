"""Two rulebooks on many evaluations: whose verdicts, index or grade differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal, TypeAlias

from rbrules import __version__
from rbrules.model import Index, Outcome, Report, Rulebook, Severity, Tree, Verdict
from rbrules.outlook.difference import outcomes_of
from rbrules.outlook.tree import index_tree
from rbrules.report.tree import report_tree

VERSION: Final = 1

Effect = Literal["found", "waived", "gone", "severity", "opened", "settled", "dropped", "other"]
EFFECTS: Final[tuple[Effect, ...]] = (
    "found",
    "waived",
    "gone",
    "severity",
    "opened",
    "settled",
    "dropped",
    "other",
)
"""What the later rulebook does to a verdict: a finding appears, is accepted, or is none any more;
it is graver or less grave; what was judged becomes unknown; what was unknown passes; a subject that
was no finding is not asked any more; anything else."""

FOUND: Final = frozenset({Verdict.FINDING, Verdict.WAIVED})

Part = Literal["rule", "parameter", "instrument", "waiver", "vocabulary"]
Origin = Literal["shipped", "folder", "revision", "absent"]
"""As installed, as it lies there, as the revision has it, or not in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder of rules and how it was taken: as it lies there, or as a revision had it."""

    name: str
    origin: Origin
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One outcome that differs; a verdict of None is that of a rule that was not asked."""

    file: str
    agency: str
    tahun: int
    rule: str
    subject: str
    before: Verdict | None
    after: Verdict | None
    severities: tuple[Severity | None, Severity | None]
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An index or grade that differs, as an outlook shows it."""

    file: str
    agency: str
    tahun: int
    measures: str
    before: Tree
    after: Tree


@dataclass(frozen=True, slots=True)
class Definition:
    """What the two rulebooks do not state alike.

    A waiver has the id "RULE AGENCY SUBJECT"; a part of the vocabulary its name, and as keys the
    words in which it differs.
    """

    kind: Part
    id: str
    change: Literal["added", "removed", "changed"]
    keys: tuple[str, ...] = ()
    """What of it differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a rulebook changes for the agencies that were looked at."""

    before: Rulebook
    after: Rulebook
    sources: tuple[tuple[Source, ...], tuple[Source, ...]]
    as_of: str
    files: int
    agencies: int
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    definitions: tuple[Definition, ...]

    @property
    def is_none(self) -> bool:
        """Tell whether every verdict, index and grade is the same."""
        return not self.changes and not self.moved


Pair: TypeAlias = tuple[str, Report, Report]
"""The name of a file, and the report on it by the earlier and by the later rulebook."""


def impact_of(
    pairs: Iterable[Pair],
    rulebooks: tuple[Rulebook, Rulebook],
    sources: tuple[tuple[Source, ...], tuple[Source, ...]],
    lang: str,
) -> Impact:
    """Hold the reports by two rulebooks against each other.

    Args:
        pairs: the reports on each file; read once, and none is kept.
        rulebooks: the earlier and the later one.
        sources: the folders of each.
        lang: "id" or "en", for names of grades.

    Returns:
        What differs, in the order of the evaluations, then by rule and subject.
    """
    changes: list[Change] = []
    moved: list[Moved] = []
    agencies: set[str] = set()
    files, as_of = 0, ""
    for file, before, after in pairs:
        files += 1
        as_of = after.as_of.isoformat()
        agencies.add(after.evaluation.kode or after.evaluation.nama)
        changes += _changes(file, before, after)
        moved += _moved(file, before, after, lang)
    return Impact(
        before=rulebooks[0],
        after=rulebooks[1],
        sources=sources,
        as_of=as_of,
        files=files,
        agencies=len(agencies),
        changes=tuple(changes),
        moved=tuple(moved),
        definitions=tuple(_definitions(*rulebooks)),
    )


def _changes(file: str, before: Report, after: Report) -> Iterator[Change]:
    ours, theirs = outcomes_of(before), outcomes_of(after)
    either = {name: outcome for outcomes in (ours, theirs) for name, outcome in outcomes.items()}
    for name, outcome in sorted(either.items(), key=lambda item: _order(item[1])):
        one, other = ours.get(name), theirs.get(name)
        effect = _effect(one, other)
        if effect is not None:
            yield Change(
                file=file,
                agency=after.evaluation.nama,
                tahun=after.evaluation.tahun,
                rule=outcome.rule.id,
                subject=outcome.subject.id,
                before=one.verdict if one else None,
                after=other.verdict if other else None,
                severities=(
                    one.rule.severity if one else None,
                    other.rule.severity if other else None,
                ),
                effect=effect,
            )


def _severity(outcome: Outcome | None) -> Severity | None:
    return outcome.rule.severity if outcome else None


def _order(outcome: Outcome) -> tuple[str, str]:
    return outcome.rule.id, outcome.subject.id


def _effect(before: Outcome | None, after: Outcome | None) -> Effect | None:
    """Name what a rulebook does to one outcome; None where nothing."""
    first = before.verdict if before else None
    second = after.verdict if after else None
    if first is second:
        graver = first in FOUND and _severity(before) is not _severity(after)
        return "severity" if graver else None
    if {first, second} == {None, Verdict.NOT_APPLICABLE}:
        return None  # neither says anything of the subject
    if second is Verdict.FINDING:
        return "found"
    if second is Verdict.WAIVED:
        return "waived"
    if first in FOUND:
        return "gone"
    if second is Verdict.UNKNOWN:
        return "opened"
    if second is None or second is Verdict.NOT_APPLICABLE:
        return "dropped"
    return "settled" if first is Verdict.UNKNOWN else "other"


def _moved(file: str, before: Report, after: Report, lang: str) -> Iterator[Moved]:
    trees: tuple[Tree, Tree] | None = None
    for key, one, other in (
        ("indeks_rb", before.index, after.index),
        ("sakip", before.sakip, after.sakip),
    ):
        if _told(one) == _told(other):
            continue
        trees = trees or (report_tree(before, lang), report_tree(after, lang))
        sides = [index_tree(tree[key]) if tree.get(key) else None for tree in trees]
        yield Moved(
            file=file,
            agency=after.evaluation.nama,
            tahun=after.evaluation.tahun,
            measures=key,
            before=sides[0],
            after=sides[1],
        )


def _told(index: Index | None) -> object:
    """Take from an index what is said of the agency: by which instrument, how much, which grade."""
    if index is None:
        return None
    name = index.instrument.id if index.instrument else None
    return name, index.exact, tuple(band.kode for band in index.bands)


def _definitions(before: Rulebook, after: Rulebook) -> Iterator[Definition]:
    kinds: tuple[tuple[Part, Mapping[str, object], Mapping[str, object]], ...] = (
        ("rule", {r.id: r for r in before.rules}, {r.id: r for r in after.rules}),
        ("parameter", before.parameters, after.parameters),
        (
            "instrument",
            {i.id: i for i in before.instruments},
            {i.id: i for i in after.instruments},
        ),
        ("waiver", _waivers(before), _waivers(after)),
    )
    for kind, ours, theirs in kinds:
        for id_ in sorted({*ours, *theirs}):
            if id_ not in ours:
                yield Definition(kind, id_, "added")
            elif id_ not in theirs:
                yield Definition(kind, id_, "removed")
            elif keys := tuple(_unlike(ours[id_], theirs[id_])):
                yield Definition(kind, id_, "changed", keys)
    for part in _unlike(before.vocabulary, after.vocabulary):
        sides = (getattr(rulebook.vocabulary, part) for rulebook in (before, after))
        yield Definition("vocabulary", part, "changed", tuple(_unlike_words(*sides)))


def _waivers(rulebook: Rulebook) -> Mapping[str, object]:
    return {f"{w.rule} {w.instansi} {w.subject}": w for w in rulebook.waivers}


def _unlike_words(
    ours: Mapping[str, object] | tuple[str, ...], theirs: Mapping[str, object] | tuple[str, ...]
) -> Iterator[str]:
    """Name the words of a part of the vocabulary that only one side has or that differ."""
    first, second = (
        words if isinstance(words, Mapping) else dict.fromkeys(words) for words in (ours, theirs)
    )
    for word in sorted({*first, *second}):
        if word not in first or word not in second or first[word] != second[word]:
            yield word


def _unlike(one: object, other: object) -> Iterator[str]:
    """Name the attributes in which two definitions differ; where they lie is no difference."""
    for item in fields(one):  # type: ignore[arg-type]  # both are of one dataclass
        if item.name != "file" and getattr(one, item.name) != getattr(other, item.name):
            yield item.name


def impact_tree(impact: Impact, lang: str) -> Tree:
    """Return an impact as plain data, as `schemas/impact.schema.json` describes it."""
    counts: dict[str, Counter[Effect]] = {}
    hit: dict[str, set[str]] = {}
    for change in impact.changes:
        counts.setdefault(change.rule, Counter())[change.effect] += 1
        hit.setdefault(change.rule, set()).add(change.file)
    titles = {
        rule.id: rule.title.in_language(lang)
        for rulebook in (impact.before, impact.after)
        for rule in rulebook.rules
    }
    return {
        "versi": VERSION,
        "lang": lang,
        "rbrules": {"version": __version__},
        "as_of": impact.as_of,
        "before": _rulebook(impact.before, impact.sources[0]),
        "after": _rulebook(impact.after, impact.sources[1]),
        "files": impact.files,
        "agencies": impact.agencies,
        "files_changed": len(
            {change.file for change in impact.changes} | {moved.file for moved in impact.moved}
        ),
        "rules": [
            {
                "rule": rule,
                "title": titles[rule],
                "files": len(hit[rule]),
                "effects": {effect: counts[rule][effect] for effect in EFFECTS},
            }
            for rule in sorted(counts)
        ],
        "definitions": [
            {"kind": d.kind, "id": d.id, "change": d.change, "keys": list(d.keys)}
            for d in impact.definitions
        ],
        "indexes": [
            {
                "file": moved.file,
                "instansi": moved.agency,
                "tahun": moved.tahun,
                "measures": moved.measures,
                "before": moved.before,
                "after": moved.after,
            }
            for moved in impact.moved
        ],
        "changes": [
            {
                "file": change.file,
                "instansi": change.agency,
                "tahun": change.tahun,
                "rule": change.rule,
                "subject": change.subject,
                "effect": change.effect,
                "before": _state(change.before, change.severities[0]),
                "after": _state(change.after, change.severities[1]),
            }
            for change in impact.changes
        ],
    }


def _rulebook(rulebook: Rulebook, sources: Iterable[Source]) -> Tree:
    return {
        "digest": rulebook.digest,
        "rules": len(rulebook.rules),
        "folders": [
            {"name": source.name, "origin": source.origin, "revision": source.revision or None}
            for source in sources
        ],
    }


def _state(verdict: Verdict | None, severity: Severity | None) -> Tree:
    if verdict is None or severity is None:
        return None
    return {"verdict": verdict.value, "severity": severity.value}


__all__ = ["EFFECTS", "Change", "Impact", "Source", "impact_of", "impact_tree"]
