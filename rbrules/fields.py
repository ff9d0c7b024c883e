"""The field catalogue: what a rule may ask of each subject, and how each field is derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from rbrules.derived import (
    achievement,
    agency,
    history,
    lines,
    parts,
    planning,
    published,
    sakip,
    subjects,
    years,
)
from rbrules.model import (
    KINDS,
    Entry,
    Kind,
    Known,
    Reading,
    Text,
    Unknown,
)
from rbrules.reading import (
    Context,
    Derive,
    read,
    read_date,
    read_planned,
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

_GIVEN: Final = frozenset(
    {
        "akhir_februari",
        "akhir_tahun",
        "akhir_tahun_lalu",
        "as_of",
        "berkas_memuat_induk",
        "berkas_memuat_program",
        "berlaku",
        "dalam_daftar",
        "id",
        "instansi",
        "kelompok",
        "kode",
        "tahun",
        "tahun_nilai",
    }
)
_GIVEN_OF_LINES: Final = frozenset({"status"})
"""The state of a line has a default; that of a recommendation has none."""

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


YEAR_DAYS: Final[Mapping[str, Callable[[int], date]]] = {
    "akhir_tahun": lambda tahun: date(tahun, 12, 31),
    "akhir_tahun_lalu": lambda tahun: date(tahun - 1, 12, 31),
    "akhir_februari": lambda tahun: date(tahun + 1, 3, 1) - timedelta(days=1),
}
"""Fields of every kind that the year of the evaluation alone decides."""


def _year_day(name: str) -> Derive:
    return lambda context, _: Known(YEAR_DAYS[name](context.tahun), ("/tahun",))


OWN_UNITS: Final = frozenset({"satuan", "dampak_satuan"})
"""Fields that hold the unit of other fields of the same subject, which name them as theirs."""


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


def _planned(document: str) -> Derive:
    return lambda context, entry: read_planned(entry, document, context.year)


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


# --- unit, tema, rekomendasi -------------------------------------------------------------------


def _is_done(document: str, key: str) -> Derive:
    """Read a state that the file may give as true, false or the day on which it was done.

    What is to be done on a day after that of the check is not done yet.
    """

    def derive(context: Context, entry: Entry) -> Reading:
        raw = entry.get("dokumen", document, key)
        pointer = (entry.at("dokumen", document, key),)
        if raw is None:
            return Unknown(pointer)
        is_ahead = isinstance(raw, str) and date.fromisoformat(raw) > context.as_of
        return Known(raw is not False and not is_ahead, pointer)

    return derive


def _exists(document: str) -> Derive:
    """Read whether a document exists.

    One that is said not to exist and yet to be signed or published contradicts itself: unknown.
    """
    states = {key: _is_done(document, key) for key in ("ditandatangani", "dipublikasikan")}

    def derive(context: Context, entry: Entry) -> Reading:
        stated = read(entry, "dokumen", document, "ada")
        if not (isinstance(stated, Known) and stated.value is False):
            return stated
        for key, state in states.items():
            done = state(context, entry)
            if isinstance(done, Known) and done.value is True:
                return Unknown((*stated.pointers, *done.pointers), f"ada: false, {key}: true")
        return stated

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


def _code(key: str, *vocabularies: Literal["lines", "tema"]) -> Derive:
    """Read a code; an alias in one of the vocabularies counts as the code that it stands for."""

    def derive(context: Context, entry: Entry) -> Reading:
        given = read(entry, key)
        if not isinstance(given, Known):
            return given
        word = str(given.value)
        words = context.vocabulary
        codes = (words.resolve(getattr(words, name), word) for name in vocabularies)
        return Known(next(filter(None, codes), word), given.pointers)

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
    unit = "dampak_satuan" if key in {"baseline", "target", "realisasi"} else ""
    return _field(f"dampak_{key}", kind, id_, en, derive, unit=unit)


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
                _exists(name),
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
        _year_day("akhir_tahun"),
    ),
    _field(
        "akhir_tahun_lalu",
        "date",
        "31 Desember tahun sebelumnya",
        "31 December of the year before",
        _year_day("akhir_tahun_lalu"),
    ),
    _field(
        "akhir_februari",
        "date",
        "Hari terakhir Februari setelah tahun evaluasi",
        "Last day of February after the year of the evaluation",
        _year_day("akhir_februari"),
    ),
)

INSTANSI: Final = _catalogue(
    _field(
        "indeks_rb",
        "number",
        "Indeks RB (dihitung, atau yang terbit)",
        "RB index (computed, or as published)",
        published.index_value,
        unit="poin",
    ),
    _field(
        "indeks_rb_terbit",
        "number",
        "Indeks RB yang diterbitkan",
        "Published RB index",
        published.published("indeks_rb"),
        unit="poin",
    ),
    _field(
        "indeks_rb_hitung",
        "computed",
        "Indeks RB dari komponen dan indikatornya",
        "RB index from its components and lines",
        published.index_from_parts("index"),
        unit="poin",
    ),
    _field(
        "sakip_terbit",
        "number",
        "Nilai SAKIP yang diterbitkan",
        "Published SAKIP score",
        published.published("sakip"),
        unit="poin",
    ),
    _field(
        "sakip_hitung",
        "computed",
        "Nilai SAKIP dari komponennya",
        "SAKIP score from its components",
        published.index_from_parts("sakip"),
        unit="poin",
    ),
    _field(
        "indeks_rb_tahun_lalu",
        "number",
        "Indeks RB tahun sebelumnya",
        "RB index of the year before",
        history.last_year,
        unit="poin",
    ),
    _field(
        "selisih_indeks_rb",
        "number",
        "Perubahan indeks RB dari tahun sebelumnya",
        "Change of the RB index on the year before",
        history.change,
        unit="poin",
    ),
    _field(
        "indeks_sebanding",
        "bool",
        "Instrumen tahun sebelumnya dapat dibandingkan",
        "The instrument of the year before is comparable",
        history.comparable,
    ),
    _field(
        "capaian_target_terendah",
        "number",
        "Capaian terendah terhadap target indeks RB tahun itu",
        "Lowest achievement among the RB index targets of the year",
        published.lowest_achievement,
        unit="persen",
        exact=False,
    ),
    _field(
        "capaian_target_batas_bawah",
        "number",
        "Capaian terendah terhadap target indeks RB pada batas bawah indeks",
        "Lowest achievement among the RB index targets at the lower end of the index",
        published.achievement_end("low"),
        unit="persen",
        exact=False,
    ),
    _field(
        "capaian_target_batas_atas",
        "number",
        "Capaian terendah terhadap target indeks RB pada batas atas indeks",
        "Lowest achievement among the RB index targets at the upper end of the index",
        published.achievement_end("high"),
        unit="persen",
        exact=False,
    ),
    _field(
        "komponen_cocok",
        "bool",
        "Setiap nilai komponen yang tercetak sama dengan jumlah bagiannya",
        "Each printed component total agrees with its parts",
        published.components_agree("index"),
    ),
    _field(
        "komponen_berbeda",
        "label",
        "Komponen yang berbeda dari jumlah bagiannya, dengan kedua angkanya",
        "Components that differ from their parts, with both figures",
        published.components_that_differ("index"),
    ),
    _field(
        "terbit_dalam_rentang",
        "bool",
        "Setiap angka RB yang diterbitkan berada antara 0 dan nilai tertingginya",
        "Each published RB figure lies between 0 and its maximum",
        published.within_range("index"),
    ),
    _field(
        "terbit_luar_rentang",
        "label",
        "Angka RB yang diterbitkan di luar rentangnya",
        "Published RB figures outside their range",
        published.out_of_range("index"),
    ),
    _field(
        "sakip_komponen_cocok",
        "bool",
        "Setiap nilai komponen SAKIP yang tercetak sama dengan jawabannya",
        "Each printed SAKIP component agrees with its answers",
        published.components_agree("sakip"),
    ),
    _field(
        "sakip_komponen_berbeda",
        "label",
        "Komponen SAKIP yang berbeda dari jawabannya, dengan kedua angkanya",
        "SAKIP components that differ from their answers, with both figures",
        published.components_that_differ("sakip"),
    ),
    _field(
        "sakip_dalam_rentang",
        "bool",
        "Setiap angka SAKIP yang diterbitkan berada antara 0 dan nilai tertingginya",
        "Each published SAKIP figure lies between 0 and its maximum",
        published.within_range("sakip"),
    ),
    _field(
        "sakip_luar_rentang",
        "label",
        "Angka SAKIP yang diterbitkan di luar rentangnya",
        "Published SAKIP figures outside their range",
        published.out_of_range("sakip"),
    ),
    _field(
        "sakip_poin_persen_cocok",
        "bool",
        "Poin dan persen setiap komponen SAKIP menunjuk nilai yang sama",
        "Points and percent of each SAKIP component mean the same",
        published.shares_agree,
    ),
    _field(
        "sakip_poin_persen_berbeda",
        "label",
        "Komponen SAKIP yang poin dan persennya berbeda",
        "SAKIP components whose points and percent differ",
        published.shares_that_differ,
    ),
    _field(
        "riwayat_bertentangan",
        "bool",
        "Berkas memuat nilai berbeda untuk tahun dan ukuran yang sama",
        "The file holds differing values of one figure and year",
        history.conflicts,
    ),
    _field(
        "riwayat_nilai_bertentangan",
        "label",
        "Ukuran, tahun, dan nilai-nilai yang berbeda",
        "Figures with differing values, their years and the values",
        history.conflicting_values,
    ),
    _field(
        "riwayat_selaras",
        "bool",
        "Angka setiap tahun dalam riwayat saling cocok",
        "The figures of each earlier year fit each other",
        years.years_hold,
    ),
    _field(
        "riwayat_tidak_selaras",
        "label",
        "Tahun dan angka riwayat yang tidak saling cocok",
        "Earlier years and their figures that do not fit",
        years.faults_of_years,
    ),
    _field(
        "predikat_terbit",
        "text",
        "Predikat RB yang diterbitkan",
        "Published RB grade",
        published.published("predikat"),
    ),
    _field(
        "sebutan_terbit",
        "text",
        "Sebutan predikat yang diterbitkan",
        "Published wording of the grade",
        published.published("sebutan"),
    ),
    _field(
        "predikat_hitung",
        "text",
        "Predikat RB menurut indeks",
        "RB grade by the index",
        published.grade("index"),
    ),
    _field(
        "predikat_dasar",
        "label",
        "Angka yang dibandingkan dengan predikat yang diterbitkan, dengan predikatnya",
        "The figure that the published grade is held against, with its grade",
        published.grade_basis("index"),
    ),
    _field(
        "predikat_cocok",
        "bool",
        "Predikat yang diterbitkan sesuai dengan indeks",
        "The published grade fits the index",
        published.grade_agrees("index", "predikat"),
    ),
    _field(
        "sebutan_cocok",
        "bool",
        "Huruf dan sebutan predikat menunjuk predikat yang sama",
        "Letter and wording name the same grade",
        published.wording_agrees,
    ),
    _field(
        "sakip_predikat_terbit",
        "text",
        "Predikat SAKIP yang diterbitkan",
        "Published SAKIP grade",
        published.published("sakip_predikat"),
    ),
    _field(
        "sakip_predikat_hitung",
        "text",
        "Predikat SAKIP menurut nilai",
        "SAKIP grade by the score",
        published.grade("sakip"),
    ),
    _field(
        "sakip_predikat_dasar",
        "label",
        "Nilai yang dibandingkan dengan predikat SAKIP yang diterbitkan, dengan predikatnya",
        "The score that the published SAKIP grade is held against, with its grade",
        published.grade_basis("sakip"),
    ),
    _field(
        "sakip_predikat_cocok",
        "bool",
        "Predikat SAKIP yang diterbitkan sesuai dengan nilainya",
        "The published SAKIP grade fits the score",
        published.grade_agrees("sakip", "sakip_predikat"),
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
        "gerbang_sakip_predikat",
        "label",
        "Predikat SAKIP instansi yang syaratnya diuji",
        "SAKIP grade of the agency whose condition is tested",
        sakip.graded_by_gates,
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
        "label",
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
        "Jumlah rekomendasi hasil evaluasi SAKIP dan RB terdahulu",
        "Number of recommendations of earlier SAKIP and RB evaluations",
        agency.count_recommendations,
        unit="rekomendasi",
    ),
    _field(
        "porsi_rekomendasi_selesai",
        "number",
        "Bagian rekomendasi hasil evaluasi SAKIP dan RB terdahulu yang selesai",
        "Share of the recommendations of earlier SAKIP and RB evaluations that is done",
        agency.share_done,
        unit="persen",
        exact=False,
    ),
    _field(
        "jumlah_rekomendasi_terbuka",
        "number",
        "Jumlah rekomendasi hasil evaluasi SAKIP dan RB terdahulu yang belum selesai, "
        "belum melewati tenggat, dan belum berlarut (sekurang-kurangnya)",
        "Recommendations of earlier SAKIP and RB evaluations that are not done, "
        "not past a due date and do not drag on (at least)",
        agency.count_open,
        unit="rekomendasi",
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
        agency.zone_total,
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
    _field("kode", "text", "Kode indikator", "Code of the line", lines.line_code),
    _field("nama", "label", "Nama indikator", "Name of the line", _label("lines")),
    _field("status", "text", "Status penilaian", "State of the line", lines.line_status),
    _field(
        "nilai",
        "number",
        "Nilai (tahun lalu bila status nilai_tahun_lalu)",
        "Raw score (last year's under nilai_tahun_lalu)",
        lines.line_value,
        unit="skala indikator",
    ),
    _field(
        "tahun_nilai",
        "number",
        "Tahun nilai yang dipakai",
        "Year of the raw score that counts",
        lines.year_of_value,
        unit="tahun",
    ),
    _field("kategori", "text", "Kategori (opini BPK)", "Category (BPK opinion)"),
    _field("poin", "number", "Poin tercetak", "Points as printed", unit="poin"),
    _field(
        "poin_hitung",
        "computed",
        "Nilai x bobot / maks",
        "Raw score x weight / maximum",
        lines.computed_points,
        unit="poin",
    ),
    _field(
        "bobot",
        "number",
        "Bobot (berkas, atau instrumen)",
        "Weight (file, or instrument)",
        lines.scale("bobot"),
        unit="poin",
    ),
    _field(
        "min",
        "number",
        "Nilai terendah skala",
        "Lowest value of the scale",
        lines.scale("min"),
        unit="skala indikator",
    ),
    _field(
        "nilai_terendah",
        "number",
        "Nilai terendah yang berlaku: min, tetapi tidak di bawah 0",
        "Lowest raw score that counts: min, but not below 0",
        lines.lowest_value,
        unit="skala indikator",
    ),
    _field(
        "maks",
        "number",
        "Nilai tertinggi skala",
        "Highest value of the scale",
        lines.scale("maks"),
        unit="skala indikator",
    ),
    _field("target", "number", "Target instansi", "Target of the agency", unit="skala indikator"),
    _field(
        "target_sebanding",
        "bool",
        "Target instansi berada pada skala yang sama dengan nilai",
        "The target of the agency stands on the scale of the raw score",
        lines.target_on_scale,
    ),
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
        lines.bias,
        unit="skala indikator",
    ),
    _field(
        "menentukan_predikat",
        "bool",
        "Predikat indeks bergantung pada target_baik (A atau A-)",
        "The grade of the index depends on target_baik (A or A-)",
        lines.decides_grade,
    ),
    _field(
        "dalam_daftar",
        "bool",
        "Indikator termasuk daftar kelompok instansi",
        "The group of the agency has this line",
        lines.on_list,
    ),
)

KINERJA: Final = _catalogue(
    _field("id", "text", "Id indikator kinerja", "Id of the planning indicator"),
    _field("nama", "text", "Nama indikator kinerja", "Name of the planning indicator"),
    _field(
        "rujukan",
        "label",
        "Nama indikator dengan id dan unitnya",
        "Name of the indicator with its id and unit",
        subjects.planning_indicator,
    ),
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
        "Jumlah indikator di jenjang lebih rendah yang menyebutnya sebagai induk "
        "(sekurang-kurangnya)",
        "Number of indicators on a lower level that name it as parent (at least)",
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
        lambda _, entry: achievement.read_batas(entry),
        unit="satuan",
    ),
    _field(
        "target_pk",
        "target",
        "Target Perjanjian Kinerja tahun evaluasi",
        "Performance-agreement target of the year",
        _planned("perjanjian_kinerja"),
        unit="satuan",
    ),
    _field(
        "target_pk_di_batas",
        "bool",
        "Target PK tercatat berada pada nilai yang tidak dapat dilampaui",
        "The PK target is stated to stand at the value that cannot be bettered",
        achievement.at_limit,
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
        _planned("renstra"),
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
        _planned("renja"),
        unit="satuan",
    ),
    _field(
        "target_dpa",
        "target",
        "Target DPA tahun evaluasi",
        "DPA target of the year",
        _planned("dpa"),
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
        achievement.achievement(0),
        unit="persen",
        exact=False,
    ),
    _field(
        "target_tercapai",
        "bool",
        "Realisasi mencapai target PK",
        "The result reaches the PK target",
        achievement.target_met,
    ),
    _field(
        "capaian_lalu",
        "number",
        "Capaian tahun sebelumnya terhadap target PK tahun itu",
        "Achievement of the year before, of the PK target of that year",
        achievement.achievement(-1),
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
        "frekuensi",
        "text",
        "Frekuensi pengukuran (triwulanan, semesteran, tahunan)",
        "Frequency of measurement (triwulanan, semesteran, tahunan)",
    ),
    _field(
        "jumlah_triwulan_kosong",
        "number",
        "Jumlah triwulan, atau semester, yang telah lewat tanpa realisasi, menurut frekuensi "
        "pengukuran",
        "Number of quarters, or half-years, that are over and have no result, by the frequency of "
        "measurement",
        planning.empty_quarters,
        unit="periode",
    ),
    _field(
        "triwulan_akhir_saja_kosong",
        "bool",
        "Hanya triwulan atau semester terakhir yang tanpa realisasi, bersama realisasi tahunnya",
        "Only the last quarter or half-year has no result, and with it the year",
        planning.only_year_end_empty,
    ),
    _field(
        "periode_kosong",
        "label",
        "Triwulan atau semester yang telah lewat tanpa realisasi",
        "Quarters or half-years that are over and have no result",
        planning.named_empty_periods,
    ),
    _field(
        "periode_ukur",
        "label",
        "Periode pengukuran (triwulan atau semester)",
        "Period of measurement (quarter or half-year)",
        planning.period_measured,
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
        achievement.plan_rises,
    ),
    _field(
        "renstra_tahun_sebelum",
        "number",
        "Tahun pertama dari pasangan yang tidak membaik",
        "First year of the first pair that does not improve",
        achievement.of_stop(0, year=True),
        unit="tahun",
    ),
    _field(
        "renstra_target_sebelum",
        "target",
        "Target Renstra pada tahun itu",
        "Renstra target of that year",
        achievement.of_stop(0, year=False),
        unit="satuan",
    ),
    _field(
        "renstra_tahun_berhenti",
        "number",
        "Tahun kedua dari pasangan yang tidak membaik",
        "Second year of the first pair that does not improve",
        achievement.of_stop(1, year=True),
        unit="tahun",
    ),
    _field(
        "renstra_target_berhenti",
        "target",
        "Target Renstra pada tahun kedua itu",
        "Renstra target of that second year",
        achievement.of_stop(1, year=False),
        unit="satuan",
    ),
)

UNIT: Final = _catalogue(
    _field("id", "text", "Id unit", "Id of the unit"),
    _field("nama", "text", "Nama unit", "Name of the unit"),
    _field(
        "rujukan",
        "label",
        "Nama unit dengan id-nya",
        "Name of the unit with its id",
        subjects.unit,
    ),
    *_documents(DOCUMENTS),
    _field(
        "sebulan_setelah_dpa",
        "date",
        "Satu bulan setelah tanggal DPA atau DIPA",
        "One month after the date of the budget document (DPA or DIPA)",
        parts.month_after_budget,
    ),
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
    _field(
        "perubahan_iku_kurang",
        "label",
        "Perubahan IKU tanpa alasan atau dokumen",
        "Changes of the IKU set without a reason or a document",
        parts.changes_unfounded,
    ),
)

TEMA: Final = _catalogue(
    _field("kode", "text", "Kode tema", "Code of the theme", _code("kode", "tema")),
    _field("nama", "label", "Nama tema", "Name of the theme", _label("tema")),
    _field("rencana_aksi_ada", "bool", "Rencana aksi tema ada", "The theme has an action plan"),
    _field(
        "dampak_tercantum",
        "bool",
        "Berkas mencantumkan indikator dampak, kosong atau tidak",
        "The file lists the impact indicator, empty or not",
        parts.impact_listed,
    ),
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
    _field(
        "baris_dalam_rentang",
        "bool",
        "Nilai dan poin setiap baris tema berada dalam rentangnya",
        "Raw score and points of each line of the theme lie in their range",
        lines.theme_within_range,
    ),
    _field(
        "baris_luar_rentang",
        "label",
        "Baris tema di luar rentangnya",
        "Lines of the theme outside their range",
        lines.theme_out_of_range,
    ),
    _field(
        "poin_baris_cocok",
        "bool",
        "Poin setiap baris tema sama dengan nilai x bobot / maks",
        "Points of each line of the theme agree with raw score x weight / maximum",
        lines.theme_points_agree,
    ),
    _field(
        "poin_baris_berbeda",
        "label",
        "Baris tema yang poinnya berbeda dari nilainya",
        "Lines of the theme whose points differ from their raw score",
        lines.theme_points_that_differ,
    ),
)

RENCANA_AKSI: Final = _catalogue(
    _field("id", "text", "Id rencana aksi", "Id of the action"),
    _field(
        "rujukan",
        "label",
        "Id rencana aksi dengan indikator dan unitnya",
        "Id of the action with its line and unit",
        subjects.action,
    ),
    _field(
        "indikator",
        "text",
        "Kode indikator yang didukung",
        "Code of the line it serves",
        _code("indikator", "lines", "tema"),
    ),
    _field(
        "indikator_nama",
        "label",
        "Indikator atau tema yang didukung, dengan sebutannya",
        "The line or theme that it serves, called so",
        subjects.served_line,
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
    _field(
        "rujukan",
        "label",
        "Id rekomendasi dengan awal isi dan asalnya",
        "Id of the recommendation with the beginning of its text and its origin",
        subjects.recommendation,
    ),
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


CATALOGUE: Final[Mapping[Kind, Mapping[str, Field]]] = dict(
    zip(
        KINDS,
        (INSTANSI, INDIKATOR, KINERJA, UNIT, TEMA, RENCANA_AKSI, REKOMENDASI),
        strict=True,
    )
)
"""Every field, by kind of subject and name."""


def is_always_known(kind: Kind, name: str) -> bool:
    """Tell whether every valid evaluation file, or the check itself, gives the field a value."""
    return name in _GIVEN or (kind == "indikator" and name in _GIVEN_OF_LINES)
