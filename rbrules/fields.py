"""The field catalogue: what a rule may ask of each subject, and how each field is derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from rbrules.comparison import moves
from rbrules.derived import agency, parts, planning, sakip
from rbrules.figures import agreement, half_unit, round_half_up
from rbrules.grades import match_bands
from rbrules.index.given import decimals_of
from rbrules.model import (
    KINDS,
    Band,
    ComponentTotal,
    Computed,
    Entry,
    Inapplicable,
    Index,
    Kind,
    Known,
    LineRange,
    LineSpec,
    Reading,
    Target,
    Text,
    Unknown,
    Value,
)
from rbrules.reading import (
    Context,
    Derive,
    index_gaps,
    join_gaps,
    read,
    read_date,
    read_size,
    read_target,
)

FieldType = Literal["number", "text", "bool", "date", "target", "computed", "label"]
"""What a field holds; it decides which operators may be asked of it."""

DOCUMENTS: Final = (
    "renstra",
    "renja",
    "iku",
    "perjanjian_kinerja",
    "perjanjian_kinerja_perubahan",
    "rencana_aksi",
    "dpa",
    "dpa_perubahan",
    "lkjip",
    "pohon_kinerja",
    "sop_data_kinerja",
    "reviu_lkjip",
    "lhe_internal",
    "register_risiko",
    "piagam_risiko",
)
"""The documents of a unit, as the evaluation schema names them."""

AGENCY_DOCUMENTS: Final = (
    "peta_jalan_rb",
    "peta_jalan_predikat",
    "pedoman_risiko",
    "sotk",
    "register_risiko",
    "aturan_tunjangan_kinerja",
    "penilaian_mandiri_rb",
)
"""The documents of the agency as a whole."""

INDICATOR_DOCUMENTS: Final = (
    "renstra",
    "iku",
    "perjanjian_kinerja",
    "renja",
    "rencana_aksi",
    "dpa",
    "lkjip",
)
"""The documents in which an indicator may stand (`dimuat`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the catalogue.

    `exact` is False where the value is a quotient: it is compared exactly, but never handed to an
    engine as a number.
    """

    name: str
    type: FieldType
    unit: str
    title: Text
    derive: Derive
    exact: bool = True


# --- reading what the file says ----------------------------------------------------------------


def _path(*path: str) -> Derive:
    return lambda _, entry: read(entry, *path)


def _date_path(*path: str) -> Derive:
    return lambda _, entry: read_date(entry, *path)


def _at_year(key: str, offset: int) -> Derive:
    return lambda context, entry: read_target(entry, key, str(context.tahun + offset))


def _size(*path: str) -> Derive:
    return lambda _, entry: read_size(entry, *path)


def _label(terms: str, key: str = "kode") -> Derive:
    def derive(context: Context, entry: Entry) -> Reading:
        words = getattr(context.vocabulary, terms)
        kode = context.vocabulary.resolve(words, entry.get(key))
        return Known(words[kode].nama if kode else entry.get(key), (entry.at(key),))

    return derive


def _unit(context: Context, entry: Entry) -> Reading:
    """Name the unit: as the `unit` section does, else by its id."""
    unit = read(entry, "unit")
    if isinstance(unit, Known):
        return Known(context.units.get(str(unit.value), unit.value), unit.pointers)
    return unit


# --- instansi ----------------------------------------------------------------------------------


def _published(key: str) -> Derive:
    return lambda _, entry: read(entry, "hasil_terbit", key)


def _index_value(context: Context, _: Entry) -> Reading:
    index = context.index
    if index.nilai is not None:
        return Known(index.nilai, ())
    return Unknown(index_gaps(index))


def _last_year(context: Context, _: Entry) -> Reading:
    last = context.index.last_year
    if last is None:
        return Unknown(("/riwayat",))
    if last.nilai is None:
        return Unknown(("/riwayat",), "nilai yang berbeda")
    return Known(last.nilai, ("/riwayat",))


def _change(context: Context, entry: Entry) -> Reading:
    last = context.index.last_year
    if last is None or last.selisih is None:
        previous, current = _last_year(context, entry), _index_value(context, entry)
        return previous if isinstance(previous, Unknown) else current
    return Known(last.selisih, ("/riwayat",))


def _comparable(context: Context, _: Entry) -> Reading:
    last = context.index.last_year
    return Unknown(("/riwayat",)) if last is None else Known(last.sebanding, ("/riwayat",))


def _lowest_achievement(context: Context, entry: Entry) -> Reading:
    targets = context.index.targets
    if not targets:
        return Unknown(("/target_indeks",))
    known = [(t.capaian, t.pointer) for t in targets if t.capaian is not None]
    if len(known) < len(targets):
        current = _index_value(context, entry)
        zero = tuple(t.pointer for t in targets if t.nilai == 0)
        return current if isinstance(current, Unknown) else Unknown(zero)
    lowest, pointer = min(known)
    return Known(lowest, (pointer,))


def _totals(context: Context, *, of_sakip: bool) -> Iterable[ComponentTotal]:
    index = context.sakip if of_sakip else context.index
    return index.totals if index else ()


def _disagreement(context: Context, *, of_sakip: bool) -> ComponentTotal | Unknown | bool | None:
    """Hold each printed component against its parts.

    Returns:
        The first that disagrees; True where all agree; Unknown where one cannot be tested; None
        where no component is printed.
    """
    gaps: list[str] = []
    tested = False
    for total in _totals(context, of_sakip=of_sakip):
        if total.printed is None or (total.parts is None and not total.missing):
            # Not printed, or the instrument knows no parts that could be held against it.
            continue
        tested = True
        agrees = None if total.parts is None else agreement(total.printed, total.parts)
        if agrees is False:
            return total
        if agrees is None:
            gaps += (*total.missing, *total.assumed)
    if gaps:
        return Unknown(tuple(dict.fromkeys(gaps)))
    return tested or None


def _components_agree(*, of_sakip: bool) -> Derive:
    def derive(context: Context, _: Entry) -> Reading:
        result = _disagreement(context, of_sakip=of_sakip)
        if isinstance(result, ComponentTotal):
            return Known(False, (result.printed_pointer,))  # noqa: FBT003
        if result is None:
            pointer = "/sakip/komponen" if of_sakip else "/hasil_terbit/komponen"
            return Inapplicable((pointer,))
        return result if isinstance(result, Unknown) else Known(result, ())

    return derive


def _of_disagreement(
    value: Callable[[ComponentTotal], Value | None], *, of_sakip: bool = False
) -> Derive:
    def derive(context: Context, _: Entry) -> Reading:
        result = _disagreement(context, of_sakip=of_sakip)
        if not isinstance(result, ComponentTotal):
            return Inapplicable()
        shown = value(result)
        assert shown is not None
        return Known(shown, (result.printed_pointer,))

    return derive


def _computed(of_sakip: Literal["index", "sakip"]) -> Derive:
    def derive(context: Context, _: Entry) -> Reading:
        index: Index | None = getattr(context, of_sakip)
        return index.computed if index else Unknown(("/sakip",))

    return derive


def _conflict(context: Context) -> tuple[int, list[tuple[Decimal, str]]] | None:
    """Return the first year for which the file gives differing values of one figure."""
    root = context.evaluation.root
    given: dict[tuple[int, str], list[tuple[Decimal, str]]] = {}
    sources = [(context.tahun, Entry(root.get("hasil_terbit") or {}, "/hasil_terbit"))]
    sources += [(int(entry.get("tahun")), entry) for entry in root.entries("riwayat")]
    for tahun, entry in sources:
        for key, raw in entry.tree.items():
            if isinstance(raw, int | Decimal) and key != "tahun":
                given.setdefault((tahun, key), []).append((Decimal(raw), entry.at(key)))
        for key, raw in (entry.get("komponen") or {}).items():
            if raw is not None:
                place = given.setdefault((tahun, f"komponen/{key}"), [])
                place.append((Decimal(raw), entry.at("komponen", key)))
    for (tahun, _), values in sorted(given.items()):
        if len({value for value, _ in values}) > 1:
            return tahun, sorted(values, key=lambda pair: (pair[0], str(pair[0]), pair[1]))
    return None


def _history_conflicts(context: Context, entry: Entry) -> Reading:
    conflict = _conflict(context)
    if conflict is not None:
        return Known(True, tuple(pointer for _, pointer in conflict[1]))  # noqa: FBT003
    if not entry.entries("riwayat"):
        return Unknown(("/riwayat",))
    return Known(False, ("/riwayat",))  # noqa: FBT003


def _conflict_year(context: Context, _: Entry) -> Reading:
    conflict = _conflict(context)
    return Inapplicable() if conflict is None else Known(Decimal(conflict[0]))


def _conflict_values(context: Context, _: Entry) -> Reading:
    conflict = _conflict(context)
    if conflict is None:
        return Inapplicable()
    words = " / ".join(dict.fromkeys(f"{value:f}" for value, _ in conflict[1]))
    pointers = tuple(pointer for _, pointer in conflict[1])
    return Known(Text(words.replace(".", ","), words), pointers)


def _grade(measures: Literal["index", "sakip"]) -> Derive:
    def derive(context: Context, _: Entry) -> Reading:
        index: Index | None = getattr(context, measures)
        if index is None or index.exact is None:
            return Unknown(index_gaps(index) if index else ("/sakip",))
        if not index.bands:
            return Inapplicable()
        return Known(" / ".join(f"{band.kode} ({band.nama})" for band in index.bands))

    return derive


def _grade_agrees(measures: Literal["index", "sakip"], key: str) -> Derive:
    def derive(context: Context, entry: Entry) -> Reading:
        published = read(entry, "hasil_terbit", key)
        index: Index | None = getattr(context, measures)
        if not isinstance(published, Known):
            return published
        if index is None or index.exact is None:
            return Unknown(index_gaps(index) if index else ("/sakip",))
        if index.instrument is None:
            return Inapplicable()
        named = match_bands(index.instrument, str(published.value))
        if not named:
            return Unknown(published.pointers, str(published.value))
        printed = read(entry, "hasil_terbit", index.measures)
        if isinstance(printed, Known):
            # A letter belongs to the figure printed beside it; whether that figure is right is
            # another question, with a rule of its own.
            figure = Fraction(str(printed.value))
            fits = any(band.holds(figure) and not _is_refuted(band, index) for band in named)
            return Known(fits, published.pointers + printed.pointers)
        if not set(named) & set(index.bands):
            if isinstance(index.computed, Known) and isinstance(index.computed.value, Computed):
                assumed = index.computed.value.assumed
                if assumed:
                    return Unknown(assumed)
            return Known(False, published.pointers)  # noqa: FBT003
        if index.exact.is_point:
            return Known(True, published.pointers)  # noqa: FBT003
        return Unknown(index_gaps(index))

    return derive


def _is_refuted(band: Band, index: Index) -> bool:
    """Tell whether the condition of a grade, besides its number, is known not to be met."""
    conditional = [other for other in index.bands if other.requires is not None]
    return band.requires is not None and bool(conditional) and band not in conditional


def _wording_agrees(context: Context, entry: Entry) -> Reading:
    letter = read(entry, "hasil_terbit", "predikat")
    wording = read(entry, "hasil_terbit", "sebutan")
    gaps = [reading for reading in (letter, wording) if isinstance(reading, Unknown)]
    if gaps:
        return Unknown(tuple(pointer for gap in gaps for pointer in gap.pointers))
    instrument = context.index.instrument
    if instrument is None:
        return Inapplicable()
    assert isinstance(letter, Known)
    assert isinstance(wording, Known)
    named = [match_bands(instrument, str(reading.value)) for reading in (letter, wording)]
    for reading, bands in zip((letter, wording), named, strict=True):
        if not bands:
            return Unknown(reading.pointers, str(reading.value))
    pointers = letter.pointers + wording.pointers
    return Known(bool(set(named[0]) & set(named[1])), pointers)


# --- indikator ---------------------------------------------------------------------------------


def _kode(context: Context, entry: Entry) -> str:
    kode: str = entry.get("kode")
    return context.vocabulary.resolve(context.vocabulary.lines, kode) or kode


def _line_kode(context: Context, entry: Entry) -> Reading:
    return Known(_kode(context, entry), (entry.at("kode"),))


def _line_status(_: Context, entry: Entry) -> Reading:
    given = read(entry, "status")
    if isinstance(given, Known):
        return given
    has_value = any(entry.get(key) is not None for key in ("nilai", "poin", "kategori"))
    return Known("dinilai" if has_value else "belum_dinilai", (entry.at("status"),))


def _line_value(context: Context, entry: Entry) -> Reading:
    """Read the raw score that counts: this year's, or last year's where that is carried over."""
    given = read(entry, "nilai")
    status = entry.get("status")
    if isinstance(given, Known):
        return Unknown((entry.at("status"),)) if status == "belum_dinilai" else given
    return read(entry, "tahun_lalu") if status == "nilai_tahun_lalu" else given


def _listed(context: Context, entry: Entry) -> Reading:
    instrument = context.index.instrument
    if instrument is None or instrument.set_for(context.evaluation.kelompok) is None:
        return Inapplicable()
    return Known(context.spec(_kode(context, entry)) is not None, (entry.at("kode"),))


def _range(context: Context, spec: LineSpec) -> LineRange | None:
    return next((r for r in spec.ranges if r.valid is None or r.valid.holds_on(context.day)), None)


def _line_number(key: Literal["min", "maks", "bobot"]) -> Derive:
    """Take a scale or weight from the file, else from the instrument."""

    def derive(context: Context, entry: Entry) -> Reading:
        given = read(entry, key)
        spec = context.spec(_kode(context, entry))
        if isinstance(given, Known) or spec is None:
            return given
        source = spec if key == "bobot" else _range(context, spec)
        value = getattr(source, key, None)
        return given if value is None else Known(value, ())

    return derive


def _line_points(context: Context, entry: Entry) -> Reading:
    """Compute nilai x bobot / maks, with and without an unverified multiplier."""
    readings = [_line_value(context, entry)]
    readings += [_line_number(key)(context, entry) for key in ("bobot", "maks")]
    gaps = [pointer for r in readings if isinstance(r, Unknown) for pointer in r.pointers]
    if gaps:
        return Unknown(tuple(gaps))
    nilai, bobot, maks = (r.value for r in readings if isinstance(r, Known))
    assert isinstance(nilai, Decimal)
    assert isinstance(bobot, Decimal)
    assert isinstance(maks, Decimal)
    scale = Fraction(bobot) / Fraction(maks)
    points = Fraction(nilai) * scale
    spec = context.spec(_kode(context, entry))
    multiplied = spec is not None and spec.pengali is not None
    index = context.index
    return Known(
        Computed(
            low=min(points, Fraction(0)) if multiplied else points,
            high=points,
            tolerance=half_unit(nilai) * scale if nilai.as_tuple().exponent else Fraction(0),
            missing=(entry.at("poin"),) if multiplied else (),
            allowed=index.allowed,
        ),
        readings[0].pointers,
    )


def _bias(context: Context, entry: Entry) -> Reading:
    """Subtract the raw score from the agency's own; void where last year's score is carried."""
    if entry.get("status") == "nilai_tahun_lalu":
        return Inapplicable((entry.at("status"),))
    own, given = read(entry, "nilai_mandiri"), _line_value(context, entry)
    if gaps := join_gaps((own, given)):
        return gaps
    assert isinstance(own, Known)
    assert isinstance(given, Known)
    assert isinstance(own.value, Decimal)
    assert isinstance(given.value, Decimal)
    places = max(decimals_of(own.value), decimals_of(given.value))
    difference = Fraction(own.value) - Fraction(given.value)
    return Known(round_half_up(difference, places), (*own.pointers, *given.pointers))


# --- kinerja -----------------------------------------------------------------------------------


def _achievement(offset: int) -> Derive:
    return lambda context, entry: _achieved(entry, str(context.tahun + offset))


def _achieved(entry: Entry, tahun: str) -> Reading:
    """Achievement of a year in percent, by the direction and formula that the file states."""
    target = read_target(entry, "perjanjian_kinerja", tahun)
    actual = read_target(entry, "realisasi", tahun)
    arah = read(entry, "arah")
    gaps = [r for r in (target, actual, arah) if isinstance(r, Unknown)]
    if gaps:
        return Unknown(tuple(pointer for gap in gaps for pointer in gap.pointers))
    assert isinstance(target, Known)
    assert isinstance(actual, Known)
    assert isinstance(arah, Known)
    assert isinstance(target.value, Target)
    assert isinstance(actual.value, Target)
    pointers = (*target.pointers, *actual.pointers)
    if target.value.word is not None or actual.value.word is not None:
        return Inapplicable(pointers)
    low, high, got = (Fraction(x) for x in (target.value.low, target.value.high, actual.value.low))
    if arah.value == "rentang" or low != high:
        return Known(Fraction(100), pointers) if low <= got <= high else Unknown(pointers)
    rumus = entry.get("rumus_capaian") or ("normal" if arah.value == "naik" else None)
    if rumus is None or (rumus == "normal") != (arah.value == "naik"):
        return Unknown((entry.at("rumus_capaian"),), rumus or "")
    return _quotient(str(rumus), low, got, pointers)


def _quotient(rumus: str, target: Fraction, actual: Fraction, pointers: tuple[str, ...]) -> Reading:
    divisor = actual if rumus == "target_per_realisasi" else target
    if divisor <= 0:
        # A percentage of nothing, or of a negative target, says nothing about achievement.
        return Unknown(pointers, str(divisor))
    dividend = {
        "normal": actual,
        "target_per_realisasi": target,
        "dua_target_kurang_realisasi": 2 * target - actual,
    }[rumus]
    return Known(dividend / divisor * 100, pointers)


def _renstra_pairs(entry: Entry) -> list[tuple[int, int]]:
    series = entry.get("renstra") or {}
    years = sorted(int(year) for year, raw in series.items() if raw is not None)
    return [(year, year + 1) for year in range(years[0], years[-1])] if years else []


def _renstra_stop(context: Context, entry: Entry) -> tuple[int, int] | Reading:
    """Walk the pairs of consecutive Renstra years; return the first that does not rise."""
    readings = {name: KINERJA[name].derive(context, entry) for name in ("arah", "batas", "satuan")}
    gaps: list[str] = []
    rises = False
    for before, after in _renstra_pairs(entry):
        left = read_target(entry, "renstra", str(after))
        right = read_target(entry, "renstra", str(before))
        result = moves(left, right, readings, rising=True)
        if result is False:
            return before, after
        if isinstance(result, Unknown):
            gaps += result.pointers
        rises = rises or result is True
    if gaps:
        return Unknown(tuple(dict.fromkeys(gaps)))
    pointer = (entry.at("renstra"),)
    if not _renstra_pairs(entry):
        return Unknown(pointer)
    return Known(rises, pointer) if rises else Inapplicable(pointer)


def _renstra_rises(context: Context, entry: Entry) -> Reading:
    stop = _renstra_stop(context, entry)
    if isinstance(stop, tuple):
        pointers = tuple(entry.at("renstra", str(year)) for year in stop)
        return Known(False, pointers)  # noqa: FBT003
    return stop


def _of_stop(position: Literal[0, 1], *, year: bool) -> Derive:
    def derive(context: Context, entry: Entry) -> Reading:
        stop = _renstra_stop(context, entry)
        if not isinstance(stop, tuple):
            return Inapplicable()
        tahun = stop[position]
        if year:
            return Known(Decimal(tahun), (entry.at("renstra", str(tahun)),))
        return read_target(entry, "renstra", str(tahun))

    return derive


# --- unit, tema, rekomendasi -------------------------------------------------------------------


def _is_done(document: str, key: str) -> Derive:
    """Read a state that the file may give as true, false or the day on which it was done."""

    def derive(_: Context, entry: Entry) -> Reading:
        raw = entry.get("dokumen", document, key)
        pointer = (entry.at("dokumen", document, key),)
        return Unknown(pointer) if raw is None else Known(raw is not False, pointer)

    return derive


def _status(context: Context, entry: Entry) -> Reading:
    raw = entry.get("status")
    pointer = (entry.at("status"),)
    if raw is None:
        return Unknown(pointer)
    kode = context.vocabulary.resolve(context.vocabulary.status, raw)
    assert kode is not None
    return Known(kode, pointer)


def _outcome(_: Context, entry: Entry) -> Reading:
    """Read the outcome of an action, which may be a sentence or a figure."""
    given = read(entry, "dampak")
    return Known(str(given.value), given.pointers) if isinstance(given, Known) else given


def _code(terms: str, key: str) -> Derive:
    """Read a code; an alias counts as the code that it stands for."""

    def derive(context: Context, entry: Entry) -> Reading:
        given = read(entry, key)
        if not isinstance(given, Known):
            return given
        word = str(given.value)
        return Known(
            context.vocabulary.resolve(getattr(context.vocabulary, terms), word) or word,
            given.pointers,
        )

    return derive


# --- the catalogue -----------------------------------------------------------------------------


def _field(  # noqa: PLR0913 - one argument for each column of the catalogue
    name: str,
    kind: FieldType,
    id_: str,
    en: str,
    derive: Derive | None = None,
    *,
    unit: str = "",
    exact: bool = True,
) -> Field:
    made = derive or (_date_path(name) if kind == "date" else _path(name))
    return Field(name=name, type=kind, unit=unit, title=Text(id_, en), derive=made, exact=exact)


def _impact(key: str, kind: FieldType, id_: str, en: str) -> Field:
    path = ("indikator_dampak", key)
    derive = (lambda _, entry: read_target(entry, *path)) if kind == "target" else _path(*path)
    return _field(f"dampak_{key}", kind, id_, en, derive)


def _catalogue(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in (*_COMMON, *fields)}


def _documents(names: Iterable[str]) -> tuple[Field, ...]:
    """Make the seven fields of each document."""
    return tuple(
        field
        for name in names
        for field in (
            _field(
                f"{name}_ada",
                "bool",
                f"Dokumen {name} ada",
                f"The document {name} exists",
                _path("dokumen", name, "ada"),
            ),
            _field(
                f"{name}_nomor",
                "text",
                f"Nomor dokumen {name}",
                f"Number of the document {name}",
                _path("dokumen", name, "nomor"),
            ),
            _field(
                f"{name}_tanggal",
                "date",
                f"Tanggal dokumen {name}",
                f"Date of the document {name}",
                _date_path("dokumen", name, "tanggal"),
            ),
            _field(
                f"{name}_ditandatangani",
                "bool",
                f"Dokumen {name} ditandatangani",
                f"The document {name} is signed",
                _is_done(name, "ditandatangani"),
            ),
            _field(
                f"{name}_tanggal_ditandatangani",
                "date",
                f"Tanggal dokumen {name} ditandatangani",
                f"Day on which the document {name} was signed",
                _date_path("dokumen", name, "ditandatangani"),
            ),
            _field(
                f"{name}_dipublikasikan",
                "bool",
                f"Dokumen {name} dipublikasikan",
                f"The document {name} is published",
                _is_done(name, "dipublikasikan"),
            ),
            _field(
                f"{name}_tanggal_dipublikasikan",
                "date",
                f"Tanggal dokumen {name} dipublikasikan",
                f"Day on which the document {name} was published",
                _date_path("dokumen", name, "dipublikasikan"),
            ),
        )
    )


_COMMON: Final = (
    _field(
        "tahun",
        "number",
        "Tahun evaluasi",
        "Year of the evaluation",
        lambda context, _: Known(Decimal(context.tahun), ("/tahun",)),
        unit="tahun",
    ),
    _field(
        "kelompok",
        "text",
        "Kelompok instansi",
        "Group of the agency",
        lambda context, _: Known(context.evaluation.kelompok, ("/instansi/kelompok",)),
    ),
    _field(
        "instansi",
        "text",
        "Nama instansi",
        "Name of the agency",
        lambda context, _: Known(context.evaluation.nama, ("/instansi/nama",)),
    ),
    _field(
        "as_of",
        "date",
        "Tanggal pemeriksaan (--as-of)",
        "Day of the check (--as-of)",
        lambda context, _: Known(context.as_of),
    ),
    _field(
        "akhir_tahun",
        "date",
        "31 Desember tahun evaluasi",
        "31 December of the year of the evaluation",
        lambda context, _: Known(date(context.tahun, 12, 31), ("/tahun",)),
    ),
    _field(
        "akhir_tahun_lalu",
        "date",
        "31 Desember tahun sebelumnya",
        "31 December of the year before",
        lambda context, _: Known(date(context.tahun - 1, 12, 31), ("/tahun",)),
    ),
)

INSTANSI: Final = _catalogue(
    _field(
        "indeks_rb",
        "number",
        "Indeks RB (dihitung, atau yang terbit)",
        "RB index (computed, or as published)",
        _index_value,
        unit="poin",
    ),
    _field(
        "indeks_rb_terbit",
        "number",
        "Indeks RB yang diterbitkan",
        "Published RB index",
        _published("indeks_rb"),
        unit="poin",
    ),
    _field(
        "indeks_rb_hitung",
        "computed",
        "Indeks RB dari komponen dan indikatornya",
        "RB index from its components and lines",
        _computed("index"),
        unit="poin",
    ),
    _field(
        "sakip_terbit",
        "number",
        "Nilai SAKIP yang diterbitkan",
        "Published SAKIP score",
        _published("sakip"),
        unit="poin",
    ),
    _field(
        "sakip_hitung",
        "computed",
        "Nilai SAKIP dari komponennya",
        "SAKIP score from its components",
        _computed("sakip"),
        unit="poin",
    ),
    _field(
        "indeks_rb_tahun_lalu",
        "number",
        "Indeks RB tahun sebelumnya",
        "RB index of the year before",
        _last_year,
        unit="poin",
    ),
    _field(
        "selisih_indeks_rb",
        "number",
        "Perubahan indeks RB dari tahun sebelumnya",
        "Change of the RB index on the year before",
        _change,
        unit="poin",
    ),
    _field(
        "indeks_sebanding",
        "bool",
        "Instrumen tahun sebelumnya dapat dibandingkan",
        "The instrument of the year before is comparable",
        _comparable,
    ),
    _field(
        "capaian_target_terendah",
        "number",
        "Capaian terendah terhadap target indeks RB tahun itu",
        "Lowest achievement among the RB index targets of the year",
        _lowest_achievement,
        unit="persen",
        exact=False,
    ),
    _field(
        "komponen_cocok",
        "bool",
        "Setiap nilai komponen yang tercetak sama dengan jumlah bagiannya",
        "Each printed component total agrees with its parts",
        _components_agree(of_sakip=False),
    ),
    _field(
        "komponen_berbeda",
        "text",
        "Komponen pertama yang berbeda dari jumlah bagiannya",
        "First component that differs from its parts",
        _of_disagreement(lambda total: total.component.kode),
    ),
    _field(
        "komponen_terbit",
        "number",
        "Nilai tercetak komponen itu",
        "Printed total of that component",
        _of_disagreement(lambda total: total.printed),
        unit="poin",
    ),
    _field(
        "komponen_hitung",
        "computed",
        "Jumlah bagian komponen itu",
        "Sum of the parts of that component",
        _of_disagreement(lambda total: total.parts),
        unit="poin",
    ),
    _field(
        "sakip_komponen_cocok",
        "bool",
        "Setiap nilai komponen SAKIP yang tercetak sama dengan jawabannya",
        "Each printed SAKIP component agrees with its answers",
        _components_agree(of_sakip=True),
    ),
    _field(
        "sakip_komponen_berbeda",
        "text",
        "Komponen SAKIP pertama yang berbeda dari jawabannya",
        "First SAKIP component that differs from its answers",
        _of_disagreement(lambda total: total.component.kode, of_sakip=True),
    ),
    _field(
        "sakip_komponen_terbit",
        "number",
        "Nilai tercetak komponen SAKIP itu",
        "Printed total of that SAKIP component",
        _of_disagreement(lambda total: total.printed, of_sakip=True),
        unit="poin",
    ),
    _field(
        "sakip_komponen_hitung",
        "computed",
        "Nilai komponen SAKIP itu menurut jawabannya",
        "That SAKIP component according to its answers",
        _of_disagreement(lambda total: total.parts, of_sakip=True),
        unit="poin",
    ),
    _field(
        "riwayat_bertentangan",
        "bool",
        "Berkas memuat nilai berbeda untuk tahun dan ukuran yang sama",
        "The file holds differing values of one figure and year",
        _history_conflicts,
    ),
    _field(
        "riwayat_tahun_bertentangan",
        "number",
        "Tahun yang nilainya berbeda",
        "The year whose values differ",
        _conflict_year,
        unit="tahun",
    ),
    _field(
        "riwayat_nilai_bertentangan",
        "label",
        "Nilai-nilai yang berbeda",
        "The differing values",
        _conflict_values,
    ),
    _field(
        "predikat_terbit",
        "text",
        "Predikat RB yang diterbitkan",
        "Published RB grade",
        _published("predikat"),
    ),
    _field(
        "sebutan_terbit",
        "text",
        "Sebutan predikat yang diterbitkan",
        "Published wording of the grade",
        _published("sebutan"),
    ),
    _field(
        "predikat_hitung",
        "text",
        "Predikat RB menurut indeks",
        "RB grade by the index",
        _grade("index"),
    ),
    _field(
        "predikat_cocok",
        "bool",
        "Predikat yang diterbitkan sesuai dengan indeks",
        "The published grade fits the index",
        _grade_agrees("index", "predikat"),
    ),
    _field(
        "sebutan_cocok",
        "bool",
        "Huruf dan sebutan predikat menunjuk predikat yang sama",
        "Letter and wording name the same grade",
        _wording_agrees,
    ),
    _field(
        "sakip_predikat_terbit",
        "text",
        "Predikat SAKIP yang diterbitkan",
        "Published SAKIP grade",
        _published("sakip_predikat"),
    ),
    _field(
        "sakip_predikat_hitung",
        "text",
        "Predikat SAKIP menurut nilai",
        "SAKIP grade by the score",
        _grade("sakip"),
    ),
    _field(
        "sakip_predikat_cocok",
        "bool",
        "Predikat SAKIP yang diterbitkan sesuai dengan nilainya",
        "The published SAKIP grade fits the score",
        _grade_agrees("sakip", "sakip_predikat"),
    ),
    _field("koefisien", "number", "Koefisien RB General", "Coefficient of RB General", unit="poin"),
    *_documents(AGENCY_DOCUMENTS),
    _field(
        "sakip_komponen_terlemah",
        "label",
        "Komponen SAKIP dengan persentase nilai terendah",
        "SAKIP component with the lowest share of its points",
        sakip.weakest_component,
    ),
    _field(
        "sakip_persen_terlemah",
        "number",
        "Persentase nilai komponen SAKIP terendah itu",
        "Share of its points that this component has",
        sakip.weakest_share,
        unit="persen",
        exact=False,
    ),
    _field(
        "gerbang_sakip_terpenuhi",
        "bool",
        "Nilai unit sampel memenuhi syarat predikat SAKIP",
        "The sampled units meet what the SAKIP grade asks of them",
        sakip.gates_passed,
    ),
    _field(
        "gerbang_sakip_kurang",
        "label",
        "Klaster unit sampel yang belum memenuhi syarat itu",
        "Clusters of sampled units that fall short",
        sakip.gates_missed,
    ),
    _field(
        "sakip_jawaban_cocok",
        "bool",
        "Setiap jawaban subkomponen sesuai dengan bagian kriteria yang terpenuhi",
        "Each answer fits the share of criteria met",
        sakip.answers_fit,
    ),
    _field(
        "sakip_jawaban_berbeda",
        "text",
        "Subkomponen yang jawabannya tidak sesuai",
        "Sub-components whose answer does not fit",
        sakip.answers_that_differ,
    ),
    _field(
        "tahun_predikat_sama",
        "number",
        "Jumlah tahun berturut-turut dengan predikat RB yang sama (sekurang-kurangnya)",
        "Years in a row with the same RB grade (at least)",
        agency.count_same_grade("indeks_rb"),
        unit="tahun berturut-turut",
    ),
    _field(
        "tahun_predikat_sakip_sama",
        "number",
        "Jumlah tahun berturut-turut dengan predikat SAKIP yang sama (sekurang-kurangnya)",
        "Years in a row with the same SAKIP grade (at least)",
        agency.count_same_grade("sakip"),
        unit="tahun berturut-turut",
    ),
    _field(
        "jumlah_rekomendasi",
        "number",
        "Jumlah rekomendasi terdahulu",
        "Number of earlier recommendations",
        agency.count_recommendations,
        unit="rekomendasi",
    ),
    _field(
        "porsi_rekomendasi_selesai",
        "number",
        "Bagian rekomendasi terdahulu yang selesai",
        "Share of the earlier recommendations that is done",
        agency.share_done,
        unit="persen",
        exact=False,
    ),
    _field(
        "zi_unit",
        "number",
        "Jumlah unit WBK/WBBM tahun evaluasi",
        "Number of WBK/WBBM units of the year",
        agency.zone_units(0),
        unit="unit",
    ),
    _field(
        "zi_unit_lalu",
        "number",
        "Jumlah unit WBK/WBBM tahun sebelumnya",
        "Number of WBK/WBBM units of the year before",
        agency.zone_units(-1),
        unit="unit",
    ),
    _field(
        "zi_total",
        "number",
        "Jumlah unit yang dapat menjadi WBK/WBBM",
        "Number of units that can become one",
        _path("zi", "total_unit"),
        unit="unit",
    ),
    _field(
        "tema_lengkap",
        "bool",
        "Setiap tema RB Tematik tahun itu tercantum",
        "Each theme of the year is listed",
        agency.themes_complete,
    ),
    _field(
        "tema_kurang",
        "label",
        "Tema RB Tematik yang tidak tercantum",
        "Themes that are not listed",
        agency.themes_missing,
    ),
)

INDIKATOR: Final = _catalogue(
    _field("kode", "text", "Kode indikator", "Code of the line", _line_kode),
    _field("nama", "label", "Nama indikator", "Name of the line", _label("lines")),
    _field("status", "text", "Status penilaian", "State of the line", _line_status),
    _field(
        "nilai",
        "number",
        "Nilai (tahun lalu bila status nilai_tahun_lalu)",
        "Raw score (last year's under nilai_tahun_lalu)",
        _line_value,
        unit="skala indikator",
    ),
    _field("kategori", "text", "Kategori (opini BPK)", "Category (BPK opinion)"),
    _field("poin", "number", "Poin tercetak", "Points as printed", unit="poin"),
    _field(
        "poin_hitung",
        "computed",
        "Nilai x bobot / maks",
        "Raw score x weight / maximum",
        _line_points,
        unit="poin",
    ),
    _field(
        "bobot",
        "number",
        "Bobot (berkas, atau instrumen)",
        "Weight (file, or instrument)",
        _line_number("bobot"),
        unit="poin",
    ),
    _field(
        "min",
        "number",
        "Nilai terendah skala",
        "Lowest value of the scale",
        _line_number("min"),
        unit="skala indikator",
    ),
    _field(
        "maks",
        "number",
        "Nilai tertinggi skala",
        "Highest value of the scale",
        _line_number("maks"),
        unit="skala indikator",
    ),
    _field("target", "number", "Target instansi", "Target of the agency", unit="skala indikator"),
    _field(
        "target_baik", "number", "Target kategori baik", "Target for 'good'", unit="skala indikator"
    ),
    _field("tahun_lalu", "number", "Nilai tahun lalu", "Last year's value", unit="skala indikator"),
    _field(
        "nilai_mandiri",
        "number",
        "Nilai menurut penilaian mandiri",
        "Raw score by the agency's own assessment",
        unit="skala indikator",
    ),
    _field(
        "selisih_mandiri",
        "number",
        "Nilai mandiri dikurangi nilai",
        "Own score less the raw score",
        _bias,
        unit="skala indikator",
    ),
    _field(
        "dalam_daftar",
        "bool",
        "Indikator termasuk daftar kelompok instansi",
        "The group of the agency has this line",
        _listed,
    ),
)

KINERJA: Final = _catalogue(
    _field("id", "text", "Id indikator kinerja", "Id of the planning indicator"),
    _field("nama", "text", "Nama indikator kinerja", "Name of the planning indicator"),
    _field("unit", "label", "Nama unit", "Name of the unit", _unit),
    _field("unit_id", "text", "Id unit", "Id of the unit", _path("unit")),
    _field("jenjang", "text", "Jenjang (tujuan, sasaran, program, kegiatan)", "Level"),
    _field("jenis", "text", "Jenis (outcome, output)", "Kind (outcome, output)"),
    _field("sasaran", "text", "Sasaran", "Objective"),
    _field("satuan", "text", "Satuan", "Unit of measure"),
    _field("arah", "text", "Arah (naik, turun, rentang)", "Direction (up, down, range)"),
    _field("rumus_capaian", "text", "Rumus capaian", "Formula of achievement"),
    _field("definisi", "text", "Definisi operasional", "Operational definition"),
    _field("rumus", "text", "Rumus penghitungan", "Formula"),
    _field("sumber_data", "text", "Sumber data", "Source of the data"),
    _field("penanggung_jawab", "text", "Penanggung jawab", "Person responsible"),
    _field("induk", "text", "Id indikator induk", "Id of the parent indicator"),
    _field(
        "induk_jenjang",
        "text",
        "Jenjang indikator induk",
        "Level of the parent indicator",
        planning.parent_level,
    ),
    _field(
        "jenjang_induk_tepat",
        "bool",
        "Induk berada tepat satu jenjang di atasnya",
        "The parent stands on the next higher level",
        planning.parent_fits,
    ),
    _field(
        "berkas_memuat_induk",
        "bool",
        "Berkas mencantumkan induk sekurang-kurangnya satu indikator",
        "The file names the parent of one indicator at least",
        planning.has_parents,
    ),
    _field(
        "jumlah_anak",
        "number",
        "Jumlah indikator yang menyebutnya sebagai induk",
        "Number of indicators that name it as parent",
        planning.count_children,
        unit="indikator",
    ),
    _field(
        "berkas_memuat_program",
        "bool",
        "Berkas memuat program atau kegiatan unit yang sama",
        "The file lists programs or activities of the same unit",
        planning.has_programs,
    ),
    _field(
        "jumlah_unit_pendukung",
        "number",
        "Jumlah unit lain yang mendukung",
        "Number of other units that contribute",
        _size("unit_pendukung"),
        unit="unit",
    ),
    _field(
        "pemetaan_bersama",
        "bool",
        "Kontribusi unit-unit dipetakan (crosscutting)",
        "The contributions of the units are mapped (crosscutting)",
    ),
    _field("iku", "bool", "Termasuk IKU", "Is a key indicator (IKU)"),
    *(
        _field(
            f"dimuat_{name}",
            "bool",
            f"Dimuat dalam dokumen {name}",
            f"Stands in the document {name}",
            planning.stands_in(name),
        )
        for name in INDICATOR_DOCUMENTS
    ),
    _field(
        "baseline",
        "target",
        "Nilai awal (baseline)",
        "Baseline value",
        lambda _, entry: read_target(entry, "baseline", "nilai"),
        unit="satuan",
    ),
    _field(
        "baseline_tahun",
        "number",
        "Tahun baseline",
        "Year of the baseline",
        _path("baseline", "tahun"),
        unit="tahun",
    ),
    _field(
        "batas",
        "target",
        "Nilai yang tidak dapat dilampaui",
        "Value that cannot be bettered",
        lambda _, entry: read_batas(entry),
        unit="satuan",
    ),
    _field(
        "target_pk",
        "target",
        "Target Perjanjian Kinerja tahun evaluasi",
        "Performance-agreement target of the year",
        _at_year("perjanjian_kinerja", 0),
        unit="satuan",
    ),
    _field(
        "target_pk_lalu",
        "target",
        "Target Perjanjian Kinerja tahun sebelumnya",
        "Performance-agreement target of the year before",
        _at_year("perjanjian_kinerja", -1),
        unit="satuan",
    ),
    _field(
        "target_renstra",
        "target",
        "Target Renstra tahun evaluasi",
        "Renstra target of the year",
        _at_year("renstra", 0),
        unit="satuan",
    ),
    _field(
        "target_renstra_lalu",
        "target",
        "Target Renstra tahun sebelumnya",
        "Renstra target of the year before",
        _at_year("renstra", -1),
        unit="satuan",
    ),
    _field(
        "target_renja",
        "target",
        "Target Renja tahun evaluasi",
        "Renja target of the year",
        _at_year("renja", 0),
        unit="satuan",
    ),
    _field(
        "target_dpa",
        "target",
        "Target DPA tahun evaluasi",
        "DPA target of the year",
        _at_year("dpa", 0),
        unit="satuan",
    ),
    _field(
        "realisasi",
        "target",
        "Realisasi tahun evaluasi",
        "Actual value of the year",
        _at_year("realisasi", 0),
        unit="satuan",
    ),
    _field(
        "realisasi_lalu",
        "target",
        "Realisasi tahun sebelumnya",
        "Actual value of the year before",
        _at_year("realisasi", -1),
        unit="satuan",
    ),
    _field(
        "capaian",
        "number",
        "Capaian terhadap target PK menurut arah dan rumus",
        "Achievement of the PK target, by direction and formula",
        _achievement(0),
        unit="persen",
        exact=False,
    ),
    _field(
        "capaian_lalu",
        "number",
        "Capaian tahun sebelumnya terhadap target PK tahun itu",
        "Achievement of the year before, of the PK target of that year",
        _achievement(-1),
        unit="persen",
        exact=False,
    ),
    _field(
        "realisasi_lain_cocok",
        "bool",
        "Dokumen lain mencetak realisasi yang sama",
        "Other documents print the same result",
        planning.others_agree,
    ),
    _field(
        "realisasi_lain_berbeda",
        "label",
        "Dokumen yang mencetak realisasi lain",
        "Documents that print another result",
        planning.others_that_differ,
    ),
    _field(
        "jumlah_triwulan_kosong",
        "number",
        "Jumlah triwulan yang telah lewat tanpa realisasi",
        "Number of quarters that are over and have no result",
        planning.empty_quarters,
        unit="triwulan",
    ),
    _field(
        "jumlah_bukti",
        "number",
        "Jumlah bukti realisasi tahun evaluasi",
        "Number of pieces of evidence for the result of the year",
        lambda context, entry: read_size(entry, "bukti", context.year),
        unit="berkas",
    ),
    _field(
        "analisis_ada",
        "bool",
        "Analisis laporan kinerja tercantum dalam berkas",
        "The file gives the analysis in the performance report",
        planning.has_analysis,
    ),
    _field(
        "analisis_sebab",
        "text",
        "Analisis sebab keberhasilan atau kegagalan",
        "Causes of success or failure",
        planning.analysis("sebab"),
    ),
    _field(
        "analisis_tindakan",
        "text",
        "Tindakan atas hasil analisis",
        "What is done about them",
        planning.analysis("tindakan"),
    ),
    _field(
        "analisis_efisiensi",
        "text",
        "Analisis efisiensi sumber daya",
        "Efficiency of resources",
        planning.analysis("efisiensi"),
    ),
    _field(
        "jumlah_pembanding",
        "number",
        "Jumlah pembanding realisasi dalam laporan kinerja",
        "Number of comparisons of the result in the performance report",
        lambda context, entry: read_size(entry, "analisis", context.year, "pembanding"),
        unit="pembanding",
    ),
    _field(
        "anggaran",
        "number",
        "Anggaran tahun evaluasi",
        "Budget of the year",
        lambda context, entry: read(entry, "anggaran", str(context.tahun)),
        unit="rupiah",
    ),
    _field(
        "renstra_naik",
        "bool",
        "Target Renstra membaik pada setiap pasangan tahun berurutan",
        "Renstra targets improve in each pair of consecutive years",
        _renstra_rises,
    ),
    _field(
        "renstra_tahun_sebelum",
        "number",
        "Tahun pertama dari pasangan yang tidak membaik",
        "First year of the first pair that does not improve",
        _of_stop(0, year=True),
        unit="tahun",
    ),
    _field(
        "renstra_target_sebelum",
        "target",
        "Target Renstra pada tahun itu",
        "Renstra target of that year",
        _of_stop(0, year=False),
        unit="satuan",
    ),
    _field(
        "renstra_tahun_berhenti",
        "number",
        "Tahun kedua dari pasangan yang tidak membaik",
        "Second year of the first pair that does not improve",
        _of_stop(1, year=True),
        unit="tahun",
    ),
    _field(
        "renstra_target_berhenti",
        "target",
        "Target Renstra pada tahun kedua itu",
        "Renstra target of that second year",
        _of_stop(1, year=False),
        unit="satuan",
    ),
)

UNIT: Final = _catalogue(
    _field("id", "text", "Id unit", "Id of the unit"),
    _field("nama", "text", "Nama unit", "Name of the unit"),
    *_documents(DOCUMENTS),
    _field(
        "klaster",
        "text",
        "Klaster unit (utama, pendukung, tambahan)",
        "Cluster of the unit (utama, pendukung, tambahan)",
    ),
    _field(
        "nilai_sakip",
        "number",
        "Nilai SAKIP unit sampel",
        "SAKIP score of the sampled unit",
        unit="poin",
    ),
    _field(
        "jumlah_perubahan_iku",
        "number",
        "Jumlah perubahan IKU dalam periode perencanaan",
        "Number of changes of the IKU set within the planning period",
        _size("perubahan_iku"),
        unit="perubahan",
    ),
    _field(
        "perubahan_iku_beralasan",
        "bool",
        "Setiap perubahan IKU beralasan dan terdokumentasi",
        "Each change of the IKU set has a reason and a document",
        parts.changes_founded,
    ),
)

TEMA: Final = _catalogue(
    _field("kode", "text", "Kode tema", "Code of the theme", _code("tema", "kode")),
    _field("nama", "label", "Nama tema", "Name of the theme", _label("tema")),
    _field("rencana_aksi_ada", "bool", "Rencana aksi tema ada", "The theme has an action plan"),
    _impact("nama", "text", "Nama indikator dampak", "Name of the impact indicator"),
    _impact("satuan", "text", "Satuan indikator dampak", "Unit of the impact indicator"),
    _impact("arah", "text", "Arah indikator dampak", "Direction of the impact indicator"),
    _impact("baseline", "number", "Baseline dampak", "Baseline of the impact"),
    _impact("target", "target", "Target dampak", "Target of the impact"),
    _impact("realisasi", "number", "Realisasi dampak", "Actual impact"),
    _field(
        "dampak_memburuk",
        "bool",
        "Dampak lebih buruk daripada baseline menurut arah",
        "The impact is worse than its baseline, by direction",
        parts.impact_worsens,
    ),
    _field(
        "berlaku",
        "bool",
        "Tema termasuk daftar instrumen tahun itu",
        "The instrument lists the theme for the year",
        parts.theme_in_force,
    ),
    _field(
        "capaian_output",
        "number",
        "Capaian output tema terhadap nilai tertinggi",
        "Achievement of the theme's outputs, of the highest value",
        parts.output_achieved,
        unit="persen",
        exact=False,
    ),
)

RENCANA_AKSI: Final = _catalogue(
    _field("id", "text", "Id rencana aksi", "Id of the action"),
    _field(
        "indikator",
        "text",
        "Kode indikator yang didukung",
        "Code of the line it serves",
        _code("lines", "indikator"),
    ),
    _field("unit", "label", "Nama unit", "Name of the unit", _unit),
    _field("unit_id", "text", "Id unit", "Id of the unit", _path("unit")),
    _field("target", "number", "Target keluaran", "Target of the output"),
    _field("realisasi", "number", "Realisasi keluaran", "Actual output"),
    _field("tenggat", "date", "Tenggat", "Deadline"),
    _field("status", "text", "Status (selesai, proses, belum)", "State (done, under way, not yet)"),
    _field(
        "dampak",
        "text",
        "Hasil atau dampak yang diukur",
        "Measured outcome or impact",
        _outcome,
    ),
)

REKOMENDASI: Final = _catalogue(
    _field("id", "text", "Id rekomendasi", "Id of the recommendation"),
    _field("teks", "text", "Isi rekomendasi", "Text of the recommendation"),
    _field("asal", "text", "Asal rekomendasi", "Origin of the recommendation"),
    _field("aturan", "text", "Id aturan yang melahirkannya", "Id of the rule that raised it"),
    _field("penerima", "text", "Penerima", "Addressee"),
    _field("alasan", "text", "Alasan tidak dapat ditindaklanjuti", "Reason for no follow-up"),
    _field("skema", "text", "Skema status", "Status scheme"),
    _field("unit", "label", "Nama unit", "Name of the unit", _unit),
    _field("unit_id", "text", "Id unit", "Id of the unit", _path("unit")),
    _field("tanggal_terima", "date", "Tanggal diterima", "Day of receipt"),
    _field("tenggat", "date", "Tenggat", "Deadline"),
    _field(
        "status",
        "text",
        "Status (selesai, proses, belum, tidak_dapat)",
        "State (done, under way, not yet, cannot)",
        _status,
    ),
    _field(
        "jumlah_bukti",
        "number",
        "Jumlah bukti",
        "Number of pieces of evidence",
        _size("bukti"),
        unit="berkas",
    ),
    _field(
        "tahun_rekomendasi",
        "number",
        "Tahun rekomendasi",
        "Year of the recommendation",
        _path("tahun"),
        unit="tahun",
    ),
    _field(
        "nilai_rupiah",
        "number",
        "Nilai yang harus disetor",
        "Amount to be paid back",
        unit="rupiah",
    ),
    _field("disetor", "number", "Nilai yang telah disetor", "Amount paid back", unit="rupiah"),
    _field(
        "unit_terdaftar",
        "bool",
        "Unit tercantum dalam bagian unit",
        "The unit is listed in the section unit",
        parts.unit_listed,
    ),
)


def read_batas(entry: Entry) -> Reading:
    """Read `batas`; the last word of a `skala` is the bound where none is given."""
    given = read_target(entry, "batas")
    skala = entry.get("skala")
    if isinstance(given, Known) or not skala:
        return given
    best = Decimal(len(skala) - 1)
    return Known(Target(best, best, skala[-1]), (entry.at("skala"),))


CATALOGUE: Final[Mapping[Kind, Mapping[str, Field]]] = dict(
    zip(
        KINDS,
        (INSTANSI, INDIKATOR, KINERJA, UNIT, TEMA, RENCANA_AKSI, REKOMENDASI),
        strict=True,
    )
)
"""Every field, by kind of subject and name."""
