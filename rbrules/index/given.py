"""What the evaluation file says of each line and component, as plain numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rbrules.figures import half_unit, round_half_up
from rbrules.model import Component, Entry, Evaluation, Instrument, Term, Tree, Vocabulary

PRINTED_BESIDE_INDEX = ("rb_general", "rb_tematik")
"""Components whose totals stand directly in `hasil_terbit`, not in its `komponen`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the file says of one line.

    `pointer` is the place of the line, or of its section where the file does not list it. A value
    that the status rules out is left out.
    """

    listed: bool
    pointer: str
    status: str = "belum_dinilai"
    value_key: str = "nilai"
    nilai: Decimal | None = None
    poin: Decimal | None = None
    bobot: Decimal | None = None
    min: Decimal | None = None
    maks: Decimal | None = None
    target_baik: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed total in index points, where it stands, and half a unit of its last digit."""

    value: Decimal | None
    pointer: str
    half: Fraction = Fraction(0)


def number(value: Tree) -> Decimal | None:
    """Return a number of the file as Decimal, with the digits written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def decimals_of(value: Decimal) -> int:
    """Count the decimals that a number is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def measured_half(value: Decimal) -> Fraction:
    """Return half a unit of the last decimal; 0 where a number is written without decimals."""
    return half_unit(value) if decimals_of(value) else Fraction(0)


def by_code(
    entries: Iterable[Entry], terms: Mapping[str, Term], vocabulary: Vocabulary
) -> Mapping[str, Entry]:
    """Index entries by the code that their `kode` (a code or an alias) stands for."""
    coded = [(vocabulary.resolve(terms, e.get("kode")) or e.get("kode"), e) for e in entries]
    found: dict[str, Entry] = {}
    for kode, entry in sorted(coded, key=lambda pair: (pair[0], pair[0] != pair[1].get("kode"))):
        found.setdefault(kode, entry)
    return found


def read_line(entry: Entry | None, section: str) -> Given:
    """Read one line of `indikator` or of a theme; None is a line that the file does not list."""
    if entry is None:
        return Given(listed=False, pointer=section)
    nilai, poin = number(entry.get("nilai")), number(entry.get("poin"))
    has_value = nilai is not None or poin is not None or entry.get("kategori") is not None
    status = entry.get("status") or ("dinilai" if has_value else "belum_dinilai")
    if status == "nilai_tahun_lalu" and nilai is None:
        nilai = number(entry.get("tahun_lalu"))
    if status in {"belum_dinilai", "dikecualikan"}:
        nilai = poin = None
    return Given(
        listed=True,
        pointer=entry.pointer,
        status=status,
        nilai=nilai,
        poin=poin,
        bobot=number(entry.get("bobot")),
        min=number(entry.get("min")),
        maks=number(entry.get("maks")),
        target_baik=number(entry.get("target_baik")),
    )


def read_answer(entry: Entry | None, section: str, answers: Mapping[str, Decimal]) -> Given:
    """Read one sub-component of SAKIP; its raw value is the percent that the answer stands for."""
    if entry is None:
        return Given(listed=False, pointer=section, value_key="jawaban")
    nilai = answers.get(entry.get("jawaban") or "")
    return Given(
        listed=True,
        pointer=entry.pointer,
        status="belum_dinilai" if nilai is None else "dinilai",
        value_key="jawaban",
        nilai=nilai,
    )


def sakip_rows(evaluation: Evaluation) -> Mapping[str, Entry]:
    """Index the rows of `sakip.komponen` by code."""
    sakip = Entry(evaluation.root.get("sakip") or {}, evaluation.root.at("sakip"))
    return {row.get("kode"): row for row in sakip.entries("komponen")}


def read_printed(
    evaluation: Evaluation, instrument: Instrument, component: Component, maks: Decimal
) -> Printed:
    """Read the printed total of a component.

    Returns:
        The total in index points. A `persen` of SAKIP is turned into points exactly; `poin` counts
        where both are given. Without a total: the place where it would stand.
    """
    root = evaluation.root
    row = sakip_rows(evaluation).get(component.kode) if instrument.measures == "sakip" else None
    if row is not None:
        poin, persen = number(row.get("poin")), number(row.get("persen"))
        if poin is not None:
            return Printed(poin, row.at("poin"), half_unit(poin))
        if persen is not None:
            share = Fraction(maks) / 100
            places = decimals_of(persen) + decimals_of(maks) + 2
            points = round_half_up(Fraction(persen) * share, places)
            return Printed(points, row.at("persen"), half_unit(persen) * share)
    nested = ("hasil_terbit", "komponen", component.kode)
    beside = ("hasil_terbit", component.kode)
    for path in (beside, nested):
        value = number(root.get(*path))
        if value is not None:
            return Printed(value, root.at(*path), half_unit(value))
    if row is not None:
        return Printed(None, row.at("poin"))
    if instrument.measures == "sakip":
        return Printed(None, root.at("sakip", "komponen"))
    return Printed(None, root.at(*(beside if component.kode in PRINTED_BESIDE_INDEX else nested)))
