"""The frozen types that the stages hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal, TypeAlias

Tree: TypeAlias = Any
"""A JSON tree: None, bool, int, Decimal, str, list and dict; never float."""

Number: TypeAlias = Decimal | Fraction
"""An exact number: Decimal as written in a file, Fraction where a quotient was formed."""

Kind = Literal["instansi", "indikator", "kinerja", "unit", "tema", "rencana_aksi", "rekomendasi"]
"""What a rule looks at, once for each."""

KINDS: tuple[Kind, ...] = (
    "instansi",
    "indikator",
    "kinerja",
    "unit",
    "tema",
    "rencana_aksi",
    "rekomendasi",
)

NameSource = Literal["unit", "penerima", "instansi"]
"""What names an official: the subject's unit, an earlier recommendation, or the agency."""

ADDRESSEE_PLACEHOLDER = "pejabat_"
"""`$pejabat_bappeda` in a recommendation stands for the name of the addressee `bappeda`."""


SOURCE_PLACEHOLDER = "sumber_"
"""`$sumber_batas_tl_bpk` in a text says whose threshold the parameter `batas_tl_bpk` is."""


class Verdict(StrEnum):
    """The verdict of a rule on one subject; `ERROR` occurs in batch runs only."""

    FINDING = "finding"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    ERROR = "error"


class Severity(StrEnum):
    """How grave a finding is; members stand in falling order."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


# --- values and readings ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """A planned or realised value: a range [low, high], a scalar being [x, x].

    `word` is set where the file gives a word of the indicator's `skala`; low and high are then
    its rank in that scale, counted from 0.
    """

    low: Decimal
    high: Decimal
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure computed here, to be held against a printed one.

    `low` and `high` bound the exact value (equal where it is a point; None where that side is not
    known); `tolerance` is what rounding of the printed parts is expected to move it by. `missing`
    lists the pointers that would make it a point, `assumed` those for which a default was used.
    """

    low: Fraction | None
    high: Fraction | None
    tolerance: Fraction
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    allowed: Fraction = Fraction(0)
    """A difference that counts as agreement whatever the rounding."""
    farthest: Fraction = Fraction(0)
    """What rounding can move it by at the most; below `tolerance` it says nothing more."""
    coarse: tuple[str, ...] = ()
    """Where figures stand that were printed without decimals and make the two differ."""

    @property
    def reach(self) -> Fraction:
        """The most that rounding of the printed parts can move the value by."""
        return max(self.tolerance, self.farthest)


Value: TypeAlias = "Decimal | Fraction | str | bool | date | Target | Computed | Text"
"""A number, word, truth, day, planned value, computed figure or a name in both languages."""


@dataclass(frozen=True, slots=True)
class Known:
    """A field that has a value, and the places in the file that it was read from."""

    value: Value
    pointers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that cannot be told: the pointers looked for, and what was found instead."""

    pointers: tuple[str, ...]
    found: str = ""


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A field that has no meaning for this subject (not the same as missing)."""

    pointers: tuple[str, ...] = ()


Reading: TypeAlias = Known | Unknown | Inapplicable


# --- rules -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages of the reports."""

    id: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the text in `lang` ("id" or "en")."""
        return self.id if lang == "id" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """A period in whole days, both ends included; `to` is None where the end is open."""

    start: date
    to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether `day` lies in the period."""
        return self.start <= day and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A legal basis. `verified` is true only where the text itself was read.

    `start` is its first day in force, `to` its last where it was repealed; None where open. What
    counts is the 31 December of a year, so the first of January may stand for a day of that year
    that is not known.
    """

    jenis: str
    nomor: str = ""
    tahun: int | None = None
    bagian: str = ""
    url: str = ""
    verified: bool = False
    start: date | None = None
    to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the regulation was in force on a day, as far as the days are stated."""
        begun = self.start is None or self.start <= day
        return begun and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal of a rule file, or the value of the parameter `param`."""

    value: Value | tuple[Value, ...] | None
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: for which subjects it is, and the value that then counts."""

    when: Condition | None
    """None is for every subject."""
    value: Constant


@dataclass(frozen=True, slots=True)
class Table:
    """A value that depends on the subject.

    Under `first` that of the first row that is for the subject, under `collect` the list of those
    of all such rows.
    """

    name: str
    policy: Literal["first", "collect"]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Operand:
    """The right side of a comparison: a constant, field or table, then `times`, then `plus`."""

    base: Constant | str | Table
    times: Constant | None = None
    plus: Constant | None = None


@dataclass(frozen=True, slots=True)
class Atom:
    """One field, one operator, one right side."""

    field: str
    operator: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Tally:
    """A second-order condition: the count or share of a verdict over the subjects below."""

    measure: Literal["count", "share"]
    rule: str
    verdict: Verdict
    operator: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class All:
    """True where every part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is taken by typing
    """True where one part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True where the part is false."""

    part: Condition


Condition: TypeAlias = All | Any_ | Not | Atom | Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One criterion."""

    id: str
    family: str
    title: Text
    severity: Severity
    applies_to: Kind
    needs: tuple[str, ...]
    where: Condition | None
    when: Condition
    on_missing: Verdict
    message: Text
    recommendation: Text
    addressee: tuple[str, ...]
    raises: str | None
    citation: tuple[Citation, ...]
    source: str
    reference: str
    valid: Validity
    tags: tuple[str, ...]
    file: str
    evidence: Text | None = None
    """The evidence that a list for follow-up expects; None where that of the family fits."""

    def __hash__(self) -> int:
        """Hash by the id: what is made of a rule once is kept by rule, and a rule is large."""
        return hash(self.id)

    @property
    def words(self) -> frozenset[str]:
        """What selects the rule: its id, the prefix of the id, its family and its tags."""
        return frozenset({self.id, self.id.partition("-")[0], self.family, *self.tags})


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue:
    """A value of a parameter and the period in which it holds."""

    value: Value | tuple[Value, ...]
    valid: Validity
    source: str
    citation: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A dated number, date span or list of words, used by rules and instruments."""

    id: str
    title: Text
    unit: str
    values: tuple[DatedValue, ...]
    file: str

    def on(self, day: date) -> DatedValue | None:
        """Return the value in force on `day`, or None."""
        return next((value for value in self.values if value.valid.holds_on(day)), None)


# --- instruments -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A grade: above `above` (exclusive) and at most `at_most` (inclusive); None is unbounded."""

    kode: str
    nama: str
    above: Decimal | None
    at_most: Decimal | None
    requires: Literal["target_baik_met", "target_baik_missed"] | None
    verified: bool

    def holds(self, value: Fraction) -> bool:
        """Tell whether `value` lies in the band."""
        above = self.above is None or value > self.above
        return above and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of an index, in index points; `parent` names the component that it is part of."""

    kode: str
    nama: Text
    maks: Decimal
    parent: str | None
    adjusted: bool
    verified: bool
    koefisien: bool = False
    """Whether the sum of its lines is known to be corrected; one that is not given is assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRange:
    """The scale of a raw score in a period; a bound of None is not known."""

    valid: Validity | None
    min: Decimal | None
    maks: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSpec:
    """A line of an index for one group of agencies; `bobot` is None where no source gives it."""

    kode: str
    komponen: str
    bobot: Decimal | None
    ranges: tuple[LineRange, ...]
    pengali: str | None
    verified: bool
    source: str
    criteria: int | None = None
    """The fewest criteria that a sheet lists for it; a file that lists fewer lists not all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSet:
    """The lines of one group of agencies, in the order of the instrument."""

    kelompok: tuple[str, ...]
    lines: tuple[LineSpec, ...]
    tema: tuple[str, ...]
    tema_lines: tuple[LineSpec, ...]
    maks: Mapping[str, Decimal]
    tema_valid: Validity | None = None
    """When `tema` and the weights of `tema_lines` hold; outside it themes are free text."""
    bobot_valid: Validity | None = None
    """When the weights of `lines` hold; outside it they are not known."""

    def on(self, day: date) -> LineSet:
        """Return the lines with the weights that are known on `day`."""
        if self.bobot_valid is None or self.bobot_valid.holds_on(day):
            return self
        undated = tuple(replace(line, bobot=None, verified=False) for line in self.lines)
        return replace(self, lines=undated)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """Which percent of the criteria has to be met for an answer; None is unbounded."""

    jawaban: str
    above: Decimal | None
    at_least: Decimal | None
    at_most: Decimal | None

    def allows(self, share: Fraction) -> bool:
        """Tell whether `share` (percent) may have this answer."""
        return (
            (self.above is None or share > self.above)
            and (self.at_least is None or share >= self.at_least)
            and (self.at_most is None or share <= self.at_most)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a grade asks of the sampled units: clusters, and the grade that a mean must reach."""

    predikat: str
    sampled: tuple[str, ...]
    means: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """The gates of an instrument, and for whom they stand; other grades have none."""

    kelompok: tuple[str, ...]
    units: int
    """How many units of a cluster have to be sampled at least."""
    gates: tuple[Gate, ...]
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """How an index is made and graded."""

    id: str
    title: Text
    measures: Literal["indeks_rb", "sakip"]
    kelompok: tuple[str, ...]
    valid: Validity
    sebanding_dengan: tuple[str, ...]
    decimals: int
    round_lines: bool
    tolerance: str
    components: tuple[Component, ...]
    sets: tuple[LineSet, ...]
    jawaban: Mapping[str, Decimal]
    bands: tuple[Band, ...]
    verified: bool
    citation: tuple[Citation, ...]
    file: str
    attested: Validity | None = None
    """The part of `valid` for which a source shows its use; None is all of it."""
    answers: tuple[AnswerRule, ...] = ()
    gates: Gates | None = None

    def set_for(self, kelompok: str) -> LineSet | None:
        """Return the lines of `kelompok`, or None where the instrument lists none."""
        return next((lines for lines in self.sets if kelompok in lines.kelompok), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A named word of the vocabulary: family, line, theme or status scheme."""

    kode: str
    nama: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Term):
    """A family of rules, and the evidence expected where its recommendations are followed up."""

    bukti: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """What the official is called who holds an office."""

    nama: Text
    named_by: tuple[NameSource, ...] = ()
    """What names the official rather than `nama`; the first that does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee(Term):
    """An office that recommendations go to; some groups of agencies have a name of their own."""

    named_by: tuple[NameSource, ...] = ()
    groups: Mapping[str, Designation] = field(default_factory=dict)

    def designation(self, kelompok: str) -> Designation:
        """Return what the official is called in an agency of `kelompok`."""
        general = Designation(nama=self.nama, named_by=self.named_by)
        return self.groups.get(kelompok, general)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of the SAKIP evaluation, in our own words."""

    kode: str
    nama: Text
    line: str
    """Code of the line that it belongs to, such as perencanaan.keberadaan."""
    valid: Validity
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The closed lists of names that rules and evaluations may use."""

    addressees: Mapping[str, Addressee]
    families: Mapping[str, Family]
    lines: Mapping[str, Term]
    tema: Mapping[str, Term]
    tema_lines: Mapping[str, Term]
    status: Mapping[str, Term]
    skema: tuple[str, ...]
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    """First words of a unit's name, in lower case, and those of its head's title in Indonesian."""

    def resolve(self, terms: Mapping[str, Term], word: str) -> str | None:
        """Return the code that `word` (a code or an alias) stands for, or None.

        Neither case nor the number of blanks between, before or after words makes a difference.
        """
        folded = " ".join(word.split()).casefold()
        if folded in terms:
            return folded
        return next(
            (t.kode for t in terms.values() if folded in (a.casefold() for a in t.aliases)), None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a rule folder changes of a rule or parameter of another folder, and why."""

    kind: Literal["rule", "parameter"]
    id: str
    keys: tuple[str, ...]
    """The keys that were changed; `off` where the rule is switched off."""
    reason: str
    file: str
    before: Rule | Parameter
    after: Rule | Parameter | None
    """None where the rule is switched off."""

    @property
    def is_off(self) -> bool:
        """Whether it switches a rule off."""
        return self.after is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A decision that a finding on one subject is accepted until a day, that day included."""

    rule: str
    instansi: str
    """Code of the agency, or its name where the evaluation gives no code."""
    subject: str
    reason: str
    office: str
    """Who decided."""
    document: str
    decided: date
    until: date
    file: str

    def holds_for(self, agency: str, day: date) -> bool:
        """Tell whether it is a decision for this agency (code or name) and holds on this day."""
        return self.instansi == agency and self.decided <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules, parameters and instruments that were read; immutable."""

    rules: tuple[Rule, ...]
    parameters: Mapping[str, Parameter]
    instruments: tuple[Instrument, ...]
    vocabulary: Vocabulary
    digest: str
    folders: tuple[str, ...] = field(default=(), compare=False)
    """Digest of each rule folder, the shipped one first; the same rules may lie in others."""
    off: tuple[Rule, ...] = ()
    """Rules that an override switched off: they are asked of no evaluation."""
    own: frozenset[str] = frozenset()
    """Ids of the rules and parameters that are not shipped: folders after the first hold them."""
    overrides: tuple[Override, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def __hash__(self) -> int:
        """Hash by the digest: what is made of a rulebook once is kept by rulebook."""
        return hash(self.digest)

    def own_file(self, parameter: str) -> str | None:
        """Return the file of an own folder that gives a parameter; None where it is shipped."""
        for override in reversed(self.overrides):
            if override.id == parameter:
                return override.file
        return self.parameters[parameter].file if parameter in self.own else None

    def instrument(self, measures: str, kelompok: str, day: date) -> Instrument | None:
        """Return the instrument for `measures` and `kelompok` that is valid on `day`, or None."""
        for instrument in self.instruments:
            if (
                instrument.measures == measures
                and kelompok in instrument.kelompok
                and instrument.valid.holds_on(day)
            ):
                return instrument
        return None


# --- the evaluation --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of the evaluation file and where it stands."""

    tree: Mapping[str, Tree]
    pointer: str

    def get(self, *path: str) -> Tree:
        """Return the value under `path`, or None where a key on the way is absent or null."""
        node: Tree = self.tree
        for key in path:
            if not isinstance(node, dict):
                return None
            node = node.get(key)
        return node

    def at(self, *path: str) -> str:
        """Return the JSON pointer of `path`."""
        pointer = self.pointer
        for key in path:
            pointer += f"/{escape(key)}"
        return pointer

    def entries(self, key: str) -> tuple[Entry, ...]:
        """Return the objects of the list under `key`; () where there is none."""
        rows = self.get(key) or ()
        return tuple(
            Entry(row, f"{self.pointer}/{escape(key)}/{index}") for index, row in enumerate(rows)
        )


def escape(key: str) -> str:
    """Escape one token of a JSON pointer (RFC 6901)."""
    if "~" in key or "/" in key:
        return key.replace("~", "~0").replace("/", "~1")
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The input: one agency, one year. Rows stand in the order of their ids."""

    root: Entry
    nama: str
    kode: str | None
    kelompok: str
    tahun: int
    file: str
    digest: str
    rows: Mapping[Kind, tuple[tuple[str, Entry], ...]]
    """For each kind its subjects: (id, entry), sorted by id; `instansi` has exactly one."""


# --- results ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """What is known of a number: low <= x <= high."""

    low: Fraction
    high: Fraction

    @property
    def is_point(self) -> bool:
        """Whether both ends agree."""
        return self.low == self.high

    @property
    def width(self) -> Fraction:
        """How far the ends lie apart."""
        return self.high - self.low


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One line of the sum; `interval` is None where excluded or where no bound is known."""

    kode: str
    komponen: str
    status: str
    nilai: Decimal | None
    poin: Decimal | None
    """Points as printed."""
    min: Decimal | None
    maks: Decimal | None
    bobot: Decimal | None
    asal_bobot: Literal["instrumen", "berkas"] | None
    verified: bool
    computed: Computed | None
    """nilai x bobot / maks before rounding; None where one of the three is not known."""
    strays: bool
    """Whether the value lies outside its range, or the printed points outside [0, bobot]."""
    interval: Interval | None
    evidenced: bool
    pointer: str
    missing: tuple[str, ...]
    tolerance: Fraction
    target_baik_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentTotal:
    """One component: what its parts or lines make, what was printed, and which of them counts."""

    component: Component
    parts: Computed | None
    """What its lines or parts make, to hold against `printed`; None where none of them is given.

    After rounding and adjustment; `high` is None where an unknown weight leaves it open.
    """
    printed: Decimal | None
    printed_pointer: str
    value: Interval
    basis: Literal["indikator", "komponen", "rentang", "kosong"]
    missing: tuple[str, ...]
    """Pointers that would make `parts` a point, or the component where nothing of it is given."""
    assumed: tuple[str, ...]
    maks: Decimal
    """The highest points for the agency's group."""
    firm: bool
    """Whether nothing can be above `maks`: it is verified, and no koefisien lifts the points."""
    printed_half: Fraction = Fraction(0)
    """Half a unit of the last digit of `printed`, in index points."""
    tolerance: Fraction = Fraction(0)
    """What rounding of the printed figures that it was made of is expected to move `value` by."""
    farthest: Fraction = Fraction(0)
    """What that rounding can move it by at the most."""
    coarse: tuple[str, ...] = ()
    """Where those figures stand that were printed without decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark on how a number was made: a code and the values that its text needs."""

    kode: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastYear:
    """Last year's index; nilai and selisih are None where the file contradicts itself."""

    tahun: int
    nilai: Decimal | None
    selisih: Decimal | None
    sebanding: bool
    instrumen: str | None
    """Id of the instrument of that year, None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastYear:
    """An earlier index; `nilai` is None where the file contradicts itself."""

    tahun: int
    nilai: Decimal | None
    instrumen: str | None
    """Id of the instrument of that year, None where there is none."""
    sebanding: bool
    """Whether it can be compared with the next year of the list; the last with this year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResult:
    """One target of the year and its achievement in percent (exact), None where not computable."""

    dokumen: str | None
    nilai: Decimal
    capaian: Fraction | None
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A computed or published index with every term of its sum, exact."""

    measures: Literal["indeks_rb", "sakip"]
    instrument: Instrument | None
    exact: Interval | None
    dasar: Literal["indikator", "komponen", "terbit"] | None
    from_parts: Interval | None
    """The interval of lines and components, whatever `dasar` is."""
    nilai: Decimal | None
    bands: tuple[Band, ...]
    totals: tuple[ComponentTotal, ...]
    lines: tuple[IndexLine, ...]
    outside: tuple[str, ...]
    """Ids of listed lines that the group does not have; they are not summed."""
    past: tuple[PastYear, ...]
    """The earlier years of which the file gives an index, oldest first."""
    last_year: LastYear | None
    targets: tuple[TargetResult, ...]
    bobot_terbukti: Fraction | None
    penyempit: str | None
    allowed: Fraction
    """The value of the instrument's tolerance parameter (0 where there is none), for `Computed`."""
    computed: Reading
    """The index from its parts as a `Computed`, to hold against a published total."""
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What an outcome is about."""

    kind: str
    id: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Everything that rules may ask of one subject."""

    subject: Subject
    readings: Mapping[str, Reading]
    absent: frozenset[str]
    """Documents that the file states do not exist (`needs` makes such a rule not applicable)."""
    tallies: Mapping[Tally, TallyResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TallyResult:
    """How often a verdict stands among `total` subjects: between `low` and `high` times.

    Without any subject, `missing` names what is not in the file; empty, it says that there is
    nothing to count.
    """

    low: int
    high: int
    total: int
    missing: tuple[str, ...]
    strays: int = 0
    """How many of `total` do not say which unit or line they belong to."""
    counted: tuple[Subject, ...] = ()
    """The `low` subjects that carry the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The verdict of one rule on one subject, with everything needed to explain it."""

    rule: Rule
    subject: Subject
    verdict: Verdict
    fact: Fact
    missing: tuple[str, ...] = ()
    waiver: Waiver | None = None
    """The decision that turned a finding into `WAIVED`."""


WaiverState = Literal["used", "unused", "expired", "not_yet", "by_name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a check yields; the renderers are views of it."""

    evaluation: Evaluation
    rulebook: Rulebook
    rules: tuple[Rule, ...]
    parameters: Mapping[str, Constant]
    day: date
    """The day that selects rules, parameters and instruments."""
    as_of: date
    """The day on which deadlines and ages are counted."""
    engine: str
    verified_by: str | None
    """The second engine that came to the same outcomes, where one was asked."""
    index: Index
    sakip: Index | None
    outcomes: tuple[Outcome, ...]
    never_applied: tuple[str, ...]
    decided_by_engine: int
    waivers: tuple[tuple[Waiver, WaiverState], ...] = ()
    """The waivers of this agency, and what became of each."""
    not_in_force: tuple[Rule, ...] = ()
    """Selected rules that are not shipped and were not asked: they are not in force on `day`."""
    elsewhere: tuple[Waiver, ...] = ()
    """The waivers of other agencies."""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    """The words that selected the rules; both empty where all rules in force were asked."""
