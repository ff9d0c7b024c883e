"""Which sheets the form has, and which columns: one row for each entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias

from rbrules.form.shape import KEY_CELL, NAMED_KEY, NAMED_ROW, REST, ROW, Shape, shape_at, tokens_of
from rbrules.form.words import note, title, word
from rbrules.model import Instrument, LineSet, LineSpec, Rulebook, Tree, Vocabulary, escape

Look: TypeAlias = Literal["text", "long", "number", "points", "money", "date", "year", "choice"]
"""What a column looks like; it follows from the schema, but for points and money."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Columns for the keys of a map: one for each key, or one for each part below each key."""

    path: str
    below: tuple[str, ...] = ("",)
    years: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name among the words, what its rows are, their columns, and single fields."""

    name: str
    base: str = ""
    columns: tuple[str | Parts, ...] = ()
    fields: tuple[str | Parts, ...] = ()
    blank: int = 0
    """Rows that are prepared for what is added."""

    @property
    def section(self) -> str | None:
        """The key of the whole list, where its rows are all of it."""
        section, _, rest = self.base.removeprefix("/").partition("/")
        return f"/{section}" if rest == ROW else None


_TOTALS: Final = ("indeks_rb", "rb_general", "rb_tematik", "sakip")
_GRADES: Final = ("predikat", "sebutan", "sakip_predikat")
_SOURCE: Final = ("judul", "url", "tanggal", "catatan")
_DOCUMENT: Final = ("ada", "nomor", "tanggal", "ditandatangani", "dipublikasikan")
_LINE: Final = (
    *("kode", "nilai", "nilai_mandiri", "kategori", "poin", "bobot", "min", "maks", "status"),
    *("target", "target_baik", "tahun_lalu"),
)

SHEETS: Final = (
    Sheet(
        "instansi",
        fields=(
            *("/versi", "/instansi/nama", "/instansi/kelompok", "/instansi/kode", "/tahun"),
            *("/instrumen", "/catatan"),
            *(f"/hasil_terbit/{key}" for key in (*_TOTALS, *_GRADES)),
            Parts("/hasil_terbit/komponen", years=False),
            *("/bobot_penyesuaian", "/koefisien", "/target_baik_lengkap", "/zi/total_unit"),
            Parts("/zi/wbk_wbbm"),
        ),
    ),
    Sheet("indikator", "/indikator/*", _LINE, blank=5),
    Sheet(
        "tema",
        "/tema/*",
        (
            *("kode", "rencana_aksi_ada"),
            *(
                f"indikator_dampak/{key}"
                for key in ("nama", "satuan", "arah", "baseline", "target", "realisasi")
            ),
            "indikator_dampak",
        ),
        blank=10,
    ),
    Sheet("tema_lines", "/tema/=/lines/*", _LINE, blank=20),
    Sheet(
        "unit",
        "/unit/*",
        (
            *("id", "nama", "kepala", "klaster", "nilai_sakip", "perubahan_iku"),
            Parts("dokumen", _DOCUMENT, years=False),
        ),
        blank=60,
    ),
    Sheet("perubahan_iku", "/unit/=/perubahan_iku/*", ("tanggal", "alasan", "dokumen"), blank=20),
    Sheet(
        "kinerja",
        "/kinerja/*",
        (
            *("id", "unit", "jenjang", "jenis", "sasaran", "nama", "satuan", "arah"),
            *("rumus_capaian", "definisi", "rumus", "sumber_data", "penanggung_jawab", "iku"),
            *("dimuat", "baseline/tahun", "baseline/nilai", "induk", "unit_pendukung"),
            *("pemetaan_bersama", "batas", "skala", "frekuensi"),
            *map(Parts, ("renstra", "perjanjian_kinerja", "renja", "dpa", "realisasi", "anggaran")),
            *(Parts("triwulan", ("0", "1", "2", "3")), Parts("realisasi_lain"), Parts("bukti")),
            Parts("analisis", ("sebab", "tindakan", "efisiensi", "pembanding")),
        ),
        blank=150,
    ),
    Sheet("realisasi_lain", "/kinerja/=/realisasi_lain/?/*", ("dokumen", "nilai"), blank=40),
    Sheet(
        "rencana_aksi",
        "/rencana_aksi/*",
        ("id", "indikator", "unit", "target", "realisasi", "tenggat", "status", "dampak"),
        blank=60,
    ),
    Sheet(
        "rekomendasi",
        "/rekomendasi/*",
        (
            *("id", "tahun", "teks", "asal", "aturan", "tanggal_terima", "tenggat", "penerima"),
            *("unit", "status", "skema", "alasan", "bukti", "nilai_rupiah", "disetor"),
        ),
        blank=60,
    ),
    Sheet("sakip", "/sakip/komponen/*", ("kode", "poin", "persen")),
    Sheet("sakip_sub", "/sakip/komponen/=/sub/*", ("kode", "jawaban")),
    Sheet(
        "sakip_kriteria",
        "/sakip/komponen/=/sub/=/kriteria/*",
        ("kode", "terpenuhi", "bukti"),
        blank=40,
    ),
    Sheet("dokumen", "/dokumen/?", _DOCUMENT),
    Sheet(
        "riwayat",
        "/riwayat/*",
        (
            *("tahun", *_TOTALS, *_GRADES),
            Parts("komponen", years=False),
            *(f"sumber/0/{key}" for key in _SOURCE),
        ),
        blank=10,
    ),
    Sheet("target_indeks", "/target_indeks/*", ("dokumen", "tahun", "nilai", "indeks"), blank=10),
    Sheet("pejabat", "/pejabat/?", ("",)),
    Sheet("sumber", "/sumber/*", _SOURCE, blank=15),
)
"""The sheets in the order of the workbook."""

PLANNING: Final = next(sheet for sheet in SHEETS if sheet.name == "kinerja")
"""The sheet that there is as a text file (CSV) too."""

_UP_TO_LAST: Final = frozenset({"renstra", "perjanjian_kinerja"})
_FROM_FIRST: Final = frozenset({*_UP_TO_LAST, "realisasi", "wbk_wbbm"})
_WIDE: Final = {
    "nama": 34,
    "teks": 44,
    "sasaran": 34,
    "judul": 34,
    "url": 34,
    "catatan": 40,
    "ada": 8,
}
_WIDTHS: Final[Mapping[Look, int]] = {
    "text": 18,
    "long": 30,
    "number": 12,
    "points": 12,
    "money": 18,
    "date": 13,
    "year": 10,
    "choice": 14,
}
_LONG: Final = frozenset(
    {"definisi", "rumus", "alasan", "bukti", "sebab", "tindakan", "efisiensi", "dampak", "asal"}
)
_POINTS: Final = frozenset({"poin", *_TOTALS})
_MONEY: Final = frozenset({"anggaran", "nilai_rupiah", "disetor"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column or, where it stands alone, a field: its key, names, look and drop-down.

    `group` is the name that it shares with those beside it. A column without a key is there for
    the reader only.
    """

    key: str
    title: str
    note: str
    look: Look
    width: int
    group: str = ""
    choices: tuple[str, ...] = ()
    choices_of: str = ""
    """The key of the column whose values it names, "" where it names none."""
    must: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens of the key."""
        return tokens_of(self.key)

    @property
    def shape(self) -> Shape:
        """What the schema says of its values."""
        found = shape_at(self.tokens)
        assert found is not None, self.key
        return found


@dataclass(frozen=True, slots=True)
class Range:
    """From where to where a value runs, and its weight, as the instrument has them, in words."""

    name: str = ""
    low: str = ""
    high: str = ""
    bobot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What decides about the columns and prepared rows of one workbook."""

    lang: str
    tahun: int | None
    first: int
    last: int
    rulebook: Rulebook
    instrument: Instrument | None
    lines: LineSet | None
    tree: Tree = field(repr=False)

    @property
    def vocabulary(self) -> Vocabulary:
        """The names of codes."""
        return self.rulebook.vocabulary


def plan_of(
    tree: Tree, rulebook: Rulebook, lang: str, first: int | None = None, last: int | None = None
) -> Plan:
    """Find what a workbook needs for an evaluation, which may be as good as empty.

    Args:
        tree: of the evaluation; its group and year choose the instrument.
        rulebook: has the instrument and the names of codes.
        lang: of titles and notes.
        first: year of the series; two years before that of the evaluation where None.
        last: year of the targets; that of the evaluation where None.
    """
    tahun, kelompok = tree.get("tahun"), (tree.get("instansi") or {}).get("kelompok")
    instrument = lines = None
    if tahun is not None and kelompok is not None:
        day = date(tahun, 12, 31)
        wanted = tree.get("instrumen")
        instrument = next(
            (i for i in rulebook.instruments if i.id == wanted),
            rulebook.instrument("indeks_rb", kelompok, day),
        )
        found = instrument.set_for(kelompok) if instrument else None
        lines = found.on(day) if found else None
    end = tahun or 0
    return Plan(
        lang=lang,
        tahun=tahun,
        first=end - 2 if first is None else first,
        last=end if last is None else last,
        rulebook=rulebook,
        instrument=instrument,
        lines=lines,
        tree=tree,
    )


def columns_of(sheet: Sheet, plan: Plan) -> list[Column]:
    """Return the columns of a sheet with rows, those that name other rows first."""
    base = tokens_of(sheet.base)
    columns = [_column(key, plan) for key in naming_keys(base)]
    for part in sheet.columns:
        columns += [_column(key, plan, group) for key, group in _expanded(sheet.base, part, plan)]
    # What the instrument says stands behind the names of the row.
    named = [c for c in columns if c.must]
    columns = [*named, *_beside(sheet, plan), *(c for c in columns if not c.must)]
    return [*columns, _rest(sheet.base, plan)]


def _rest(base: str, plan: Plan) -> Column:
    """Return the column, or field, for what has no place of its own."""
    name, meaning = word("rest", plan.lang), word("rest.note", plan.lang)
    return Column(f"{base}/{REST}", name, meaning, "text", 14)


def fields_of(sheet: Sheet, plan: Plan) -> list[Column]:
    """Return the fields that stand above the rows of a sheet, or are all that it has."""
    fields = [
        _column(key, plan, group)
        for part in sheet.fields
        for key, group in _expanded("", part, plan)
    ]
    if sheet.section is not None:
        fields.append(_column(sheet.section, plan))
    if not sheet.base:
        fields.append(_rest("", plan))
    return fields


def naming_keys(base: tuple[str, ...]) -> Iterator[str]:
    """Yield the keys of the columns that say which row or key of a map a row belongs to.

    One for each `=` and `?` of the base, in order.
    """
    for index, token in enumerate(base):
        above = "".join(f"/{part}" for part in base[: index + (token != NAMED_KEY)])
        if token == NAMED_KEY:
            yield f"{above}/{KEY_CELL}"
        elif token == NAMED_ROW:
            shape = shape_at(base[:index])
            assert shape is not None
            yield f"{above}/{shape.id_key}"


def _expanded(base: str, part: str | Parts, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the keys of columns, each with the name of its group."""
    if isinstance(part, str):
        yield (f"{base}/{part}" if base and part else base or part), ""
        return
    path = f"{base}/{part.path}" if base else part.path
    tokens = tokens_of(path)
    name = title(tokens, plan.lang)
    keys = sorted({*_prepared(tokens, part, plan), *_keys_at(plan.tree, tokens)})
    shape = shape_at(tokens)
    assert shape is not None
    if shape.keys:
        keys = list(shape.keys)
    for key in keys:
        group = name if part.below == ("",) else title((*tokens, key), plan.lang)
        if part.years and part.below != ("",):
            group = f"{name} {key}"
        for below in part.below:
            yield f"{path}/{escape(key)}" + (f"/{below}" if below else ""), group


def _prepared(tokens: tuple[str, ...], part: Parts, plan: Plan) -> Iterable[str]:
    """Return the keys that a map has columns for though nothing is in it."""
    if not part.years:
        components = plan.instrument.components if plan.instrument else ()
        known = {"rb_general", "rb_tematik"}  # these have fields of their own
        is_own = tokens[0] == "hasil_terbit"
        return [c.kode for c in components if is_own and c.kode not in known]
    if plan.tahun is None:
        return ()
    name = tokens[-1]
    start = plan.first if name in _FROM_FIRST else plan.tahun
    end = plan.last if name in _UP_TO_LAST else plan.tahun
    return map(str, range(start, end + 1))


def _keys_at(tree: Tree, tokens: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the maps that a key leads to."""
    if not tokens:
        if isinstance(tree, dict):
            yield from (key for key, value in tree.items() if value is not None)
    elif isinstance(tree, list):
        for entry in tree:
            yield from _keys_at(entry, tokens[1:])
    elif isinstance(tree, dict):
        yield from _keys_at(tree.get(tokens[0]), tokens[1:])


def _column(key: str, plan: Plan, group: str = "") -> Column:
    tokens = tokens_of(key)
    if tokens[-1] == KEY_CELL:
        name = tokens[-2]
        choices = tuple(_map_keys(name, plan))
        look: Look = "choice" if choices else "year"
        heading = title((f"{name}_{KEY_CELL}",), plan.lang)
        return Column(key, heading, "", look, 26 if choices else 9, choices=choices, must=True)
    shape = shape_at(tokens)
    assert shape is not None, key
    look = _look(tokens, shape)
    name = next(t for t in reversed(tokens) if not t.isdecimal() and t not in {ROW, NAMED_KEY})
    choices = _choices(name, tokens, shape, plan)
    heading = tokens[-1] if group and tokens[-1].isdecimal() else title(tokens, plan.lang)
    if len(tokens) > 1 and tokens[-2].isdecimal() and tokens[-3] == "triwulan":
        heading = word(f"quarter.{tokens[-1]}", plan.lang)
    if tokens[-1] == NAMED_KEY:
        heading = title((f"{tokens[-2]}_{NAMED_KEY}",), plan.lang)
    is_short_list = shape.is_short_list and look != "choice"
    width = _WIDE.get(name, 24 if is_short_list else _WIDTHS[look])
    above = shape_at(tokens[:-1])
    required = above.node.get("required", ()) if above else ()
    return Column(
        key,
        heading,
        note(tokens, plan.lang),
        look,
        width,
        group,
        choices,
        _named_column(tokens),
        must=tokens[-1] in required,
    )


def _look(tokens: tuple[str, ...], shape: Shape) -> Look:
    named = set(tokens)
    if shape.is_number:
        if named & _MONEY:
            return "money"
        if tokens[-1] == "tahun":
            return "year"
        is_printed = tokens[-1] in _POINTS or "komponen" in tokens[:-1]
        return "points" if is_printed and "string" not in shape.types else "number"
    if shape.is_date:
        return "date"
    if (shape.words and not shape.is_list) or "boolean" in shape.types or shape.is_inner:
        return "choice"
    is_long = bool(named & (_LONG | set(_WIDE))) or shape.is_list
    return "long" if is_long else "text"


def _choices(name: str, tokens: tuple[str, ...], shape: Shape, plan: Plan) -> tuple[str, ...]:
    vocabulary = plan.vocabulary
    truth = (word("yes", plan.lang), word("no", plan.lang))
    if "boolean" in shape.types:
        return truth
    if shape.is_inner:
        return (word("none", plan.lang),)
    if shape.words and not shape.is_list:
        return shape.words
    if tokens[0] == "rekomendasi":
        return {"status": tuple(vocabulary.status), "skema": vocabulary.skema}.get(name, ())
    if tokens[0] == "rencana_aksi" and name == "indikator":
        lines = [line.kode for line in plan.lines.lines] if plan.lines else vocabulary.lines
        return (*lines, *vocabulary.tema)
    return ()


def _named_column(tokens: tuple[str, ...]) -> str:
    if tokens[-1] == "unit" and tokens[0] in {"kinerja", "rencana_aksi", "rekomendasi"}:
        return "/unit/*/id"
    if tokens[:2] == ("kinerja", ROW) and tokens[-1] == "induk":
        return "/kinerja/*/id"
    if len(tokens) > 2 and tokens[-2] == "=":  # noqa: PLR2004
        *above, _, key = tokens
        return "".join(f"/{t}" for t in (*above, ROW, key))
    return ""


def _map_keys(name: str, plan: Plan) -> list[str]:
    """Return the keys that the map `name` may have, [] where they are years."""
    if name == "pejabat":
        return [k for k, office in plan.vocabulary.addressees.items() if not office.named_by]
    shape = shape_at((name,))
    return list(shape.keys) if shape else []


def _beside(sheet: Sheet, plan: Plan) -> list[Column]:
    """Return the columns that only show what the instrument says."""
    keys = {
        "indikator": ("nama", "rentang", "bobot"),
        "tema": ("nama",),
        "tema_lines": ("nama", "rentang", "bobot"),
        "sakip_kriteria": ("nama",),
        "pejabat": ("nama",),
    }.get(sheet.name, ())
    looks: Mapping[str, Look] = {"nama": "long"}
    return [
        Column(
            "",
            word(f"beside.{key}", plan.lang),
            word(f"beside.{key}.note", plan.lang),
            looks.get(key, "text"),
            36 if key == "nama" else 14,
        )
        for key in keys
    ]


# --- rows that are prepared -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row that is there before anything is filled in: the words that name it, and its range."""

    named: tuple[str, ...]
    shown: Range = Range()


def prepared_rows(sheet: Sheet, plan: Plan) -> list[Prepared]:
    """Return the rows that a sheet has for what the instrument or the schema lists."""
    match sheet.name:
        case "indikator" | "tema_lines":
            ranges = [(spec.kode, _range(sheet, spec, plan)) for spec in _specs(sheet, plan)]
            if sheet.name == "indikator":
                return [Prepared((kode,), shown) for kode, shown in ranges]
            return [Prepared((t, kode), shown) for t in _themes(plan) for kode, shown in ranges]
        case "tema":
            terms = plan.vocabulary.tema
            return [
                Prepared((kode,), Range(terms[kode].nama.in_language(plan.lang)))
                for kode in _themes(plan)
            ]
        case "sakip":
            return [Prepared((kode,)) for kode in _codes("/sakip/komponen/*/kode")]
        case "sakip_sub":
            parts = _codes("/sakip/komponen/*/sub/*/kode")
            return [Prepared((k, s)) for k in _codes("/sakip/komponen/*/kode") for s in parts]
        case "sakip_kriteria":
            return [
                Prepared(
                    (*item.line.split("."), item.kode), Range(item.nama.in_language(plan.lang))
                )
                for item in plan.vocabulary.criteria.values()
                if plan.tahun is not None and item.valid.holds_on(date(plan.tahun, 12, 31))
            ]
        case "dokumen":
            return [Prepared((key,)) for key in _map_keys("dokumen", plan)]
        case "pejabat":
            group = (plan.tree.get("instansi") or {}).get("kelompok") or ""
            return [
                Prepared((key,), Range(office.designation(group).nama.in_language(plan.lang)))
                for key, office in plan.vocabulary.addressees.items()
                if not office.named_by
            ]
    return []


def _specs(sheet: Sheet, plan: Plan) -> tuple[LineSpec, ...]:
    if plan.lines is None:
        return ()
    return plan.lines.lines if sheet.name == "indikator" else plan.lines.tema_lines


def _codes(key: str) -> tuple[str, ...]:
    shape = shape_at(tokens_of(key))
    return shape.words if shape else ()


def _themes(plan: Plan) -> tuple[str, ...]:
    lines = plan.lines
    if lines is None or plan.tahun is None:
        return ()
    valid = lines.tema_valid is None or lines.tema_valid.holds_on(date(plan.tahun, 12, 31))
    return lines.tema if valid else ()


def _range(sheet: Sheet, spec: LineSpec, plan: Plan) -> Range:
    day = date(plan.tahun or 1, 12, 31)
    found = next((r for r in spec.ranges if r.valid is None or r.valid.holds_on(day)), None)
    terms = plan.vocabulary.lines if sheet.name == "indikator" else plan.vocabulary.tema_lines
    low, high = (found.min, found.maks) if found else (None, None)
    return Range(
        name=terms[spec.kode].nama.in_language(plan.lang),
        low="" if low is None else f"{low:f}",
        high="" if high is None else f"{high:f}",
        bobot="" if spec.bobot is None else f"{spec.bobot:f}",
    )
