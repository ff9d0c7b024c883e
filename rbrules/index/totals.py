"""Lines and printed totals to components, and components to the index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rbrules.figures import WHOLE, half_unit, joint_tolerance, round_half_up
from rbrules.index.adjustment import KOEFISIEN, PENYESUAIAN, read_adjustment
from rbrules.index.given import Printed, read_printed, sakip_rows
from rbrules.index.lines import EXCLUDED
from rbrules.index.pairs import Setting
from rbrules.index.sheet import Sheet
from rbrules.model import Component, ComponentTotal, Computed, IndexLine, Interval, Note

Basis = Literal["indikator", "komponen", "rentang", "kosong"]


def build_totals(setting: Setting, sheet: Sheet) -> tuple[ComponentTotal, ...]:
    """Settle every component of the instrument.

    Returns:
        The components in the order of the instrument. A component that has parts is made of them;
        any other is made of its lines.
    """
    totals: dict[str, ComponentTotal] = {}
    components = setting.instrument.components
    for component in reversed(components):
        maks = maks_of(setting, component)
        printed = read_printed(setting.evaluation, setting.instrument, component, maks)
        children = [totals[c.kode] for c in components if c.parent == component.kode]
        if children:
            places = tuple(child.printed_pointer for child in children)
            ceiling = sum((child.value.high for child in children), Fraction(0))
            source = _Source(combine(children), _lineage(children), (), places, ceiling)
        else:
            source = _from_lines(setting, sheet, component, maks, printed)
        total = _settle(component, maks, source, printed)
        totals[component.kode] = replace(total, firm=is_firm(setting, component))
    return tuple(totals[component.kode] for component in components)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a component is made of, how that is called, and where it would stand in the file."""

    parts: Computed | None
    basis: Basis
    places: tuple[str, ...]
    below: tuple[str, ...] = ()
    """Printed totals of the components that this one is made of."""
    ceiling: Fraction | None = None
    """The highest points of its parts together, certain or not; None for a sum of lines."""


def maks_of(setting: Setting, component: Component) -> Decimal:
    """Return the highest points of a component for the agency's group."""
    lines = setting.lines
    return component.maks if lines is None else lines.maks.get(component.kode, component.maks)


def _from_lines(
    setting: Setting, sheet: Sheet, component: Component, maks: Decimal, printed: Printed
) -> _Source:
    """Add up the lines of a component; nothing where the file lists none of them."""
    lines = [line for line in sheet.lines if line.komponen == component.kode]
    if component.kode not in sheet.listed:
        return _Source(None, "kosong", _places(setting, component))
    counted = [line for line in lines if line.status != EXCLUDED]
    bounds = [line.interval for line in counted if line.interval is not None]
    closed = len(bounds) == len(counted) and component.kode not in sheet.open
    missing = [pointer for line in counted for pointer in line.missing]
    if component.kode in sheet.open:
        missing.append(printed.pointer)
    parts: Computed | None = Computed(
        low=sum((bound.low for bound in bounds), Fraction(0)),
        high=sum((bound.high for bound in bounds), Fraction(0)) if closed else None,
        tolerance=joint_tolerance(line.tolerance for line in counted),
        farthest=sum((line.tolerance for line in counted), Fraction(0)),
        coarse=tuple(f"{line.pointer}/poin" for line in counted if _is_whole(line)),
        missing=unique(missing),
    )
    if component.adjusted and parts is not None:
        adjustment = read_adjustment(setting.evaluation.root, component, lines, maks)
        parts = adjustment.apply(parts, maks)
    return _Source(parts, "indikator", _places(setting, component))


def _is_whole(line: IndexLine) -> bool:
    return line.poin is not None and line.tolerance >= WHOLE


def is_firm(setting: Setting, component: Component) -> bool:
    """Tell whether the highest points of a component are a bound that holds.

    A maximum that a group has of its own is from a digest. Koefisien is added to the lines: the
    points can leave their range. In a year for which no source shows the use of the instrument
    the maximum is that of another year.
    """
    attested = setting.instrument.attested
    if attested is not None and not attested.holds_on(setting.day):
        return False
    own = setting.lines is not None and component.kode in setting.lines.maks
    return component.verified and not component.adjusted and not own


def _places(setting: Setting, component: Component) -> tuple[str, ...]:
    """Return where the lines of a component stand; () where the instrument has none."""
    root = setting.evaluation.root
    lines = setting.lines
    if lines is None:
        return ()
    if setting.instrument.measures == "sakip":
        row = sakip_rows(setting.evaluation).get(component.kode)
        return (row.at("sub") if row else root.at("sakip", "komponen"),)
    places = (("indikator", lines.lines), ("tema", lines.tema_lines))
    return tuple(
        root.at(section)
        for section, specs in places
        if any(spec.komponen == component.kode for spec in specs)
    )


def _settle(
    component: Component, maks: Decimal, source: _Source, printed: Printed
) -> ComponentTotal:
    """Choose what counts: parts that make a point, else the printed total, else their bounds."""
    parts = source.parts
    made = printed_total(printed)
    if parts is not None and parts.low is not None and parts.low == parts.high:
        value, basis, made = Interval(parts.low, parts.low), source.basis, parts
    elif printed.value is not None:
        value, basis = Interval(Fraction(printed.value), Fraction(printed.value)), "komponen"
    elif parts is not None and parts.low is not None:
        ceiling = Fraction(maks) if source.ceiling is None else source.ceiling
        high = max(ceiling, parts.low) if parts.high is None else parts.high
        value, basis, made = Interval(parts.low, high), "rentang", parts
    else:
        value, basis = Interval(Fraction(0), Fraction(maks)), "kosong"
    if parts is None:
        above = (printed.pointer, *source.places)
        missing = above if printed.value is None else source.places or source.below
    else:
        missing = parts.missing
    return ComponentTotal(
        component=component,
        parts=None if parts is None else _beside(parts, printed),
        printed=printed.value,
        printed_pointer=printed.pointer,
        value=value,
        basis=basis,
        missing=unique(missing),
        assumed=() if parts is None else parts.assumed,
        maks=maks,
        firm=True,
        printed_half=printed.half,
        tolerance=made.tolerance,
        farthest=made.reach,
        coarse=made.coarse,
    )


def printed_total(printed: Printed) -> Computed:
    """Return a printed total as a figure that others are made of; nothing printed moves nothing."""
    value = None if printed.value is None else Fraction(printed.value)
    coarse = (printed.pointer,) if printed.value is not None and printed.half >= WHOLE else ()
    return Computed(low=value, high=value, tolerance=printed.half, coarse=coarse)


def _beside(parts: Computed, printed: Printed) -> Computed:
    """Widen the tolerance where the printed total was turned from percent into points.

    Its digits in points are finer than the printed ones, so half a unit of them says too little.
    """
    if printed.value is None:
        return parts
    extra = max(Fraction(0), printed.half - half_unit(printed.value))
    return replace(parts, tolerance=parts.tolerance + extra, farthest=parts.reach + extra)


def combine(totals: Sequence[ComponentTotal]) -> Computed | None:
    """Add up components.

    Returns:
        Their sum with everything that would make it a point; `high` is None where an unknown
        weight leaves it open. None where nothing is given of any of them.
    """
    if all(total.basis == "kosong" for total in totals):
        return None
    is_open = any(_is_open(total) for total in totals)
    made = [total for total in totals if total.basis in {"indikator", "rentang"}]
    return Computed(
        low=sum((total.value.low for total in totals), Fraction(0)),
        high=None if is_open else sum((total.value.high for total in totals), Fraction(0)),
        tolerance=joint_tolerance(total.tolerance for total in totals),
        farthest=sum((total.farthest for total in totals), Fraction(0)),
        coarse=unique(p for total in totals for p in total.coarse),
        missing=unique(p for t in totals if not t.value.is_point for p in t.missing),
        assumed=unique(p for total in made for p in total.assumed),
    )


def _is_open(total: ComponentTotal) -> bool:
    """Tell whether nothing bounds a component from above, for certain."""
    if total.basis == "kosong":
        return not total.firm
    return total.basis == "rentang" and total.parts is not None and total.parts.high is None


def combine_printed(totals: Sequence[ComponentTotal]) -> Computed | None:
    """Add up the printed totals of all components, whatever their lines make.

    Returns:
        The sum of the top-level totals, each made of the printed totals of its parts where these
        are all given (a total that differs from them is a matter of its own); None where one is
        not printed either way.
    """
    printed = [_printed_of(total, totals) for total in top_level(totals)]
    known = [made for made in printed if made is not None]
    return _added(known) if known and len(known) == len(printed) else None


def _printed_of(total: ComponentTotal, totals: Sequence[ComponentTotal]) -> Computed | None:
    children = [part for part in totals if part.component.parent == total.component.kode]
    made = [_printed_of(part, totals) for part in children]
    known = [part for part in made if part is not None]
    if known and len(known) == len(made):
        return _added(known)
    if total.printed is None:
        return None
    return printed_total(Printed(total.printed, total.printed_pointer, total.printed_half))


def _added(parts: Sequence[Computed]) -> Computed:
    """Add up figures that are points."""
    total = sum((part.low or Fraction(0) for part in parts), Fraction(0))
    return Computed(
        low=total,
        high=total,
        tolerance=joint_tolerance(part.tolerance for part in parts),
        farthest=sum((part.reach for part in parts), Fraction(0)),
        coarse=unique(pointer for part in parts for pointer in part.coarse),
    )


def top_level(totals: Iterable[ComponentTotal]) -> tuple[ComponentTotal, ...]:
    """Return the components that are not a part of another one; they add up to the index."""
    return tuple(total for total in totals if total.component.parent is None)


def basis_of(totals: Sequence[ComponentTotal]) -> Literal["indikator", "komponen"] | None:
    """Return what the index rests on where every component is a point, else None."""
    if not totals or not all(total.value.is_point for total in totals):
        return None
    return "komponen" if any(total.basis == "komponen" for total in totals) else "indikator"


def _lineage(children: Iterable[ComponentTotal]) -> Basis:
    from_lines = all(child.basis == "indikator" for child in children)
    return "indikator" if from_lines else "komponen"


def adjustment_notes(
    setting: Setting, sheet: Sheet, totals: Iterable[ComponentTotal]
) -> tuple[Note, ...]:
    """Remark on the defaults that a component made of its lines rests on."""
    notes: list[Note] = []
    root = setting.evaluation.root
    for total in totals:
        if total.basis not in {"indikator", "rentang"}:
            continue
        if root.at(KOEFISIEN) in total.assumed:
            notes.append(Note(kode="koefisien_dianggap_0"))
        if root.at(PENYESUAIAN) in total.assumed:
            maks = maks_of(setting, total.component)
            lines = [line for line in sheet.lines if line.komponen == total.component.kode]
            divisor = read_adjustment(root, total.component, lines, maks).divisor
            text = str(round_half_up(divisor, setting.instrument.decimals))
            notes.append(Note(kode="bobot_penyesuaian_dianggap", values=(("nilai", text),)))
    return tuple(notes)


def unique(pointers: Iterable[str]) -> tuple[str, ...]:
    """Drop repeated pointers, keeping the first of each."""
    return tuple(dict.fromkeys(pointers))
