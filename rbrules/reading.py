"""What the derivations of fields look at, and how they read plain values from the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from rbrules.model import (
    Computed,
    Entry,
    Evaluation,
    Inapplicable,
    Index,
    Instrument,
    Known,
    LineSet,
    LineSpec,
    Reading,
    Rulebook,
    Target,
    Tree,
    Unknown,
    Value,
    Vocabulary,
)

LEVELS: Final = ("tujuan", "sasaran", "program", "kegiatan")
"""The levels of the performance tree, highest first."""

PROGRAMS: Final = frozenset({"program", "kegiatan"})
MANY: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """The rows of `kinerja`, arranged by what is asked of all of them at once."""

    by_id: Mapping[str, Entry]
    children: Mapping[str, tuple[Entry, ...]]
    """For the id of each parent the rows that name it."""
    loose: Mapping[str | None, tuple[str, ...]]
    """For each level the pointers at which a row that may lie below it leaves its parent open."""
    programs: frozenset[str]
    """Units of which a row is a program or activity."""
    open_programs: Mapping[str | None, tuple[str, ...]]
    """Pointers that may make a row a program of a unit; under None those of rows without unit."""


def survey(rows: Iterable[Entry]) -> Planning:
    """Arrange the rows of `kinerja`."""
    listed = list(rows)
    children: dict[str, list[Entry]] = {}
    loose: dict[str | None, list[str]] = {level: [] for level in (None, *LEVELS)}
    open_programs: dict[str | None, list[str]] = {}
    programs: set[str] = set()
    for row in listed:
        jenjang, induk, unit = row.get("jenjang"), row.get("induk"), row.get("unit")
        if induk is not None:
            children.setdefault(induk, []).append(row)
        elif jenjang != LEVELS[0]:
            depth = len(LEVELS) if jenjang is None else LEVELS.index(jenjang)
            for level in (None, *LEVELS[:depth]):
                loose[level].append(row.at("induk"))
        if jenjang in PROGRAMS and unit is not None:
            programs.add(unit)
        elif jenjang in PROGRAMS or jenjang is None:
            gaps = open_programs.setdefault(unit, [])
            gaps += [row.at("unit")] if unit is None else []
            gaps += [row.at("jenjang")] if jenjang is None else []
    return Planning(
        by_id={row.get("id"): row for row in listed},
        children={id_: tuple(named) for id_, named in children.items()},
        loose={level: _places(pointers) for level, pointers in loose.items()},
        programs=frozenset(programs),
        open_programs={unit: _places(pointers) for unit, pointers in open_programs.items()},
    )


def _places(pointers: list[str]) -> tuple[str, ...]:
    """Name the places, or the section where they are many: each row would repeat them all."""
    return tuple(pointers) if len(pointers) <= MANY else ("/kinerja",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What derivations may look at besides the entry itself."""

    evaluation: Evaluation
    rulebook: Rulebook
    index: Index
    sakip: Index | None
    as_of: date
    day: date
    """31 December of the year whose rules are in force; picks dated ranges."""
    units: Mapping[str, str]
    """Names of the listed units, by id."""
    unit_ids: frozenset[str] | None
    """Ids of the listed units, None where the file has no such section."""
    planning: Planning

    @property
    def tahun(self) -> int:
        """The year of the evaluation."""
        return self.evaluation.tahun

    @property
    def year(self) -> str:
        """The year of the evaluation as the key of a series."""
        return str(self.evaluation.tahun)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the rulebook."""
        return self.rulebook.vocabulary

    def parameter(self, name: str) -> Decimal | None:
        """Return the number that a parameter has on the day of the rules, or None."""
        parameter = self.rulebook.parameters.get(name)
        dated = parameter.on(self.day) if parameter else None
        value = dated.value if dated else None
        return value if isinstance(value, Decimal) else None

    @property
    def lines(self) -> LineSet | None:
        """The lines of the group in the RB instrument, None where there is no list."""
        instrument = self.index.instrument
        lines = instrument.set_for(self.evaluation.kelompok) if instrument else None
        return lines.on(self.day) if lines else None

    @property
    def sakip_instrument(self) -> Instrument | None:
        """The SAKIP instrument, also where the file says nothing of SAKIP."""
        if self.sakip is not None:
            return self.sakip.instrument
        return self.rulebook.instrument("sakip", self.evaluation.kelompok, self.day)

    def spec(self, kode: str) -> LineSpec | None:
        """Return the line `kode` of the group, or None where the group does not have it."""
        lines = self.lines
        return next((s for s in lines.lines if s.kode == kode), None) if lines else None


Derive: TypeAlias = Callable[[Context, Entry], Reading]


def read(entry: Entry, *path: str) -> Reading:
    """Read a plain value; absent, null and an empty text are unknown."""
    raw = entry.get(*path)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return Unknown((entry.at(*path),))
    return Known(_plain(raw), (entry.at(*path),))


def _plain(raw: Tree) -> Value:
    if isinstance(raw, bool | str):
        return raw
    return Decimal(raw)


def read_date(entry: Entry, *path: str) -> Reading:
    """Read a day written as 2024-01-31."""
    raw = entry.get(*path)
    if not isinstance(raw, str):
        return Unknown((entry.at(*path),))
    return Known(date.fromisoformat(raw), (entry.at(*path),))


def read_target(entry: Entry, *path: str) -> Reading:
    """Read a number, a pair [low, high] or a word of the indicator's `skala`."""
    raw = entry.get(*path)
    pointer = (entry.at(*path),)
    return Unknown(pointer) if raw is None else Known(as_target(raw, entry), pointer)


def read_planned(entry: Entry, document: str, tahun: str) -> Reading:
    """Read the target that a document sets for the year of the evaluation.

    Void where the indicator is known not to stand in the document: nothing is missing there.
    """
    given = read_target(entry, document, tahun)
    if isinstance(given, Unknown) and is_left_out(entry, document):
        return Inapplicable((entry.at("dimuat"),))
    return given


def is_left_out(entry: Entry, document: str) -> bool:
    """Tell whether the indicator is known not to stand in a document (`dimuat`)."""
    listed = entry.get("dimuat")
    return listed is not None and document not in listed


def as_target(raw: Tree, entry: Entry) -> Target:
    """Turn a number, a pair or a word of the `skala` of `entry` into a target."""
    if isinstance(raw, str):
        rank = Decimal([str(word) for word in entry.get("skala")].index(raw))
        return Target(rank, rank, raw)
    low, high = raw if isinstance(raw, list) else (raw, raw)
    return Target(Decimal(low), Decimal(high))


def read_size(entry: Entry, *path: str) -> Reading:
    """Count the entries of a list, empty texts left out; an absent list is unknown."""
    raw = entry.get(*path)
    pointer = (entry.at(*path),)
    if raw is None:
        return Unknown(pointer)
    filled = [item for item in raw if not isinstance(item, str) or item.strip()]
    return Known(Decimal(len(filled)), pointer)


def index_gaps(index: Index) -> tuple[str, ...]:
    """Return the pointers that would settle an index: the printed one, and its parts."""
    computed = index.computed
    gaps: tuple[str, ...] = (f"/hasil_terbit/{index.measures}",)
    if isinstance(computed, Known) and isinstance(computed.value, Computed):
        gaps += computed.value.missing
    elif isinstance(computed, Unknown):
        gaps += computed.pointers
    return tuple(dict.fromkeys(gaps))


def join_gaps(readings: Iterable[Reading]) -> Unknown | None:
    """Join what is unknown in `readings`; None where nothing is."""
    gaps = [reading for reading in readings if isinstance(reading, Unknown)]
    pointers = dict.fromkeys(pointer for gap in gaps for pointer in gap.pointers)
    return Unknown(tuple(pointers)) if gaps else None
