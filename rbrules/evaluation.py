"""Evaluation tree to an evaluation, with the cross-checks that a schema cannot make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from rbrules.errors import SHOWN_ITEMS, InputError, Problem, joined, say, show
from rbrules.load.document import Document
from rbrules.load.hints import number_hint
from rbrules.model import (
    Entry,
    Evaluation,
    Instrument,
    Kind,
    Rulebook,
    Term,
    Tree,
    Vocabulary,
    escape,
)
from rbrules.validate import suggestion, validate

_SERIES = ("renstra", "perjanjian_kinerja", "renja", "dpa", "realisasi")
_SECTIONS: tuple[Kind, ...] = (
    "indikator",
    "kinerja",
    "unit",
    "tema",
    "rencana_aksi",
    "rekomendasi",
)
_CODED = frozenset({"indikator", "tema"})
_SKALA = "Write numbers without quotes; list words under skala, from lowest to highest."
_SPELLING = 0.85
"""How alike a word must be for a slip of spelling: "tidak sesuai" is not "telah sesuai"."""

_TURNING = frozenset({"belum", "bukan", "sudah", "telah", "tidak"})
"""Words that turn a status round, however alike the rest of it is."""

_WITHOUT_VALUE = {
    "dikecualikan": "no value on an excluded line",
    "belum_dinilai": "no value on a line that has none yet",
}
_OWN_RULES = "Rules in a folder of your own are known where --rules names it."
_NAMED_BY_ROWS = "It differs from row to row: write kepala in a unit, penerima in a recommendation."
_UNIT = "the id of a unit in the section unit"


def read_evaluation(document: Document, rulebook: Rulebook) -> Evaluation:
    """Check an evaluation file and build the evaluation.

    Args:
        document: the file as loaded.
        rulebook: its vocabulary and instruments say which codes exist.

    Returns:
        The evaluation, the subjects of each kind sorted by id.

    Raises:
        InputError: with every problem of the file.
    """
    validate(document, "evaluation")
    problems = list(_problems(document, rulebook))
    if problems:
        raise InputError(problems)
    root = Entry(document.tree, "")
    kode, nama = root.get("instansi", "kode"), root.get("instansi", "nama")
    rows: dict[Kind, tuple[tuple[str, Entry], ...]] = {"instansi": ((kode or nama, root),)}
    for kind in _SECTIONS:
        ids = ((_id(kind, entry, rulebook.vocabulary), entry) for entry in root.entries(kind))
        rows[kind] = tuple(sorted(ids, key=lambda row: row[0]))
    return Evaluation(
        root=root,
        nama=nama,
        kode=kode,
        kelompok=root.get("instansi", "kelompok"),
        tahun=root.get("tahun"),
        file=document.name.rpartition("/")[2],
        digest=document.digest,
        rows=rows,
    )


def _id(kind: Kind, entry: Entry, vocabulary: Vocabulary) -> str:
    if kind not in _CODED:
        id_: str = entry.get("id")
        return id_
    kode: str = entry.get("kode")
    terms = vocabulary.lines if kind == "indikator" else vocabulary.tema
    return vocabulary.resolve(terms, kode) or kode


def _problems(document: Document, rulebook: Rulebook) -> Iterator[Problem]:
    root = Entry(document.tree, "")
    vocabulary = rulebook.vocabulary
    for kind in _SECTIONS:
        yield from _duplicates(
            document,
            kind,
            [(_id(kind, entry, vocabulary), entry) for entry in root.entries(kind)],
        )
    yield from _instrument_problems(document, root, rulebook)
    yield from _component_problems(document, root, rulebook)
    yield from _line_problems(document, root, vocabulary)
    yield from _theme_problems(document, root, rulebook)
    yield from _unit_problems(document, root)
    yield from _official_problems(document, root, vocabulary)
    for entry in root.entries("kinerja"):
        yield from _planning_problems(document, entry)
    yield from _parent_problems(document, root)
    yield from _target_problems(document, root)
    yield from _sakip_problems(document, root, vocabulary)
    yield from _action_problems(document, root, vocabulary)
    yield from _recommendation_problems(document, root, rulebook)


def _duplicates(
    document: Document, section: str, rows: list[tuple[str, Entry]]
) -> Iterator[Problem]:
    seen: dict[str, Entry] = {}
    key = "kode" if section in _CODED or "/" in section else "id"
    for id_, entry in rows:
        if id_ in seen:
            word = entry.get(key)
            first = seen[id_].pointer
            found = say("$word, which stands at $first already", word=show(word), first=first)
            if word != id_:
                same = "$word (the same as $id), which stands at $first already"
                found = say(same, word=show(word), id=id_, first=first)
            yield document.problem(entry.at(key), found, say("each $key once", key=key))
        seen.setdefault(id_, entry)


def _instrument_problems(document: Document, root: Entry, rulebook: Rulebook) -> Iterator[Problem]:
    wanted = root.get("instrumen")
    if wanted is None:
        return
    known = {i.id: i for i in rulebook.instruments if i.measures == "indeks_rb"}
    kelompok = root.get("instansi", "kelompok")
    if wanted not in known:
        expected = say("one of $words", words=", ".join(known))
        yield document.problem("/instrumen", show(wanted), expected, suggestion(wanted, known))
    elif kelompok not in known[wanted].kelompok:
        found = say(
            "$wanted, which has no place for $kelompok", wanted=show(wanted), kelompok=kelompok
        )
        for_group = [i.id for i in known.values() if kelompok in i.kelompok]
        expected = (
            say("one of $words", words=", ".join(for_group)) if for_group else "no instrument"
        )
        yield document.problem("/instrumen", found, expected)


def _component_problems(document: Document, root: Entry, rulebook: Rulebook) -> Iterator[Problem]:
    """Refuse printed components that the instrument of their year does not have."""
    kelompok = root.get("instansi", "kelompok")
    printed = [
        (Entry(root.get("hasil_terbit") or {}, "/hasil_terbit"), _instrument_of(root, rulebook))
    ]
    for entry in root.entries("riwayat"):
        day = date(entry.get("tahun"), 12, 31)
        printed.append((entry, rulebook.instrument("indeks_rb", kelompok, day)))
    for entry, instrument in printed:
        if instrument is None or not instrument.components:
            continue
        known = [component.kode for component in instrument.components]
        for kode in entry.get("komponen") or ():
            if kode not in known:
                expected = say(
                    "a component of $id: $words", id=instrument.id, words=", ".join(known)
                )
                yield document.problem(
                    entry.at("komponen", kode),
                    say("the key $kode", kode=show(kode)),
                    expected,
                    suggestion(kode, known),
                    of_key=True,
                )


def _line_problems(document: Document, root: Entry, vocabulary: Vocabulary) -> Iterator[Problem]:
    for entry in root.entries("indikator"):
        kode = entry.get("kode")
        if vocabulary.resolve(vocabulary.tema, kode) is not None:
            hint = "Move it to the section tema, with its points under lines."
            yield document.problem(
                entry.at("kode"), say("the theme $kode", kode=show(kode)), "a line", hint
            )
        elif vocabulary.resolve(vocabulary.lines, kode) is None:
            hint = suggestion(kode, _names(vocabulary.lines))
            hint = hint or say("The codes are $words.", words=", ".join(vocabulary.lines))
            yield document.problem(entry.at("kode"), show(kode), "the code of a line", hint)
        yield from _state_problems(document, entry)


def _names(*lists: Mapping[str, Term]) -> list[str]:
    """Return the codes of some terms and all that stands for them."""
    terms = [term for terms in lists for term in terms.values()]
    return [name for term in terms for name in (term.kode, *term.aliases)]


def _state_problems(document: Document, entry: Entry) -> Iterator[Problem]:
    status = entry.get("status")
    given = [key for key in ("nilai", "kategori", "poin") if entry.get(key) is not None]
    if status == "belum_dinilai":
        given = [key for key in given if key != "kategori"]  # an opinion has no known points
    if status in _WITHOUT_VALUE and given:
        found = say("$given on a line that is $status", given=given[0], status=status)
        hint = "Remove the value, or the status."
        yield document.problem(entry.at(given[0]), found, _WITHOUT_VALUE[status], hint)
    low, high = entry.get("min"), entry.get("maks")
    if low is not None and high is not None and low >= high:
        yield document.problem(entry.at("min"), str(low), say("less than maks ($high)", high=high))


def _theme_problems(document: Document, root: Entry, rulebook: Rulebook) -> Iterator[Problem]:
    vocabulary = rulebook.vocabulary
    instrument = _instrument_of(root, rulebook)
    day = date(root.get("tahun"), 12, 31)
    lines = instrument.set_for(root.get("instansi", "kelompok")) if instrument else None
    listed: set[str] = set()
    if lines and (lines.tema_valid is None or lines.tema_valid.holds_on(day)):
        listed = set(lines.tema)
    for entry in root.entries("tema"):
        kode = entry.get("kode")
        if listed and vocabulary.resolve(vocabulary.tema, kode) not in listed:
            hint = suggestion(kode, listed)
            expected = say("one of $words", words=", ".join(sorted(listed)))
            yield document.problem(entry.at("kode"), show(kode), expected, hint)
        rows = entry.entries("lines")
        terms = vocabulary.tema_lines
        coded = [(vocabulary.resolve(terms, r.get("kode")) or r.get("kode"), r) for r in rows]
        yield from _duplicates(document, f"{entry.pointer}/lines", coded)
        known = {line.kode for line in lines.tema_lines} if lines else set()
        for row in rows:
            name = row.get("kode")
            if known and vocabulary.resolve(terms, name) not in known:
                expected = say("one of $words", words=", ".join(sorted(known)))
                yield document.problem(
                    row.at("kode"), show(name), expected, suggestion(name, known)
                )
            yield from _state_problems(document, row)


def _instrument_of(root: Entry, rulebook: Rulebook) -> Instrument | None:
    wanted = root.get("instrumen")
    if wanted is not None:
        return next((i for i in rulebook.instruments if i.id == wanted), None)
    day = date(root.get("tahun"), 12, 31)
    return rulebook.instrument("indeks_rb", root.get("instansi", "kelompok"), day)


def _unit_problems(document: Document, root: Entry) -> Iterator[Problem]:
    if root.get("unit") is None:
        return
    known = [entry.get("id") for entry in root.entries("unit")]
    for section in ("kinerja", "rencana_aksi"):
        for entry in root.entries(section):
            unit = entry.get("unit")
            if unit is not None and unit not in known:
                hint = suggestion(unit, known)
                yield document.problem(entry.at("unit"), show(unit), _UNIT, hint)
    for entry in root.entries("kinerja"):
        for index, unit in enumerate(entry.get("unit_pendukung") or ()):
            if unit not in known:
                pointer = f"{entry.at('unit_pendukung')}/{index}"
                yield document.problem(pointer, show(unit), _UNIT, suggestion(unit, known))


def _official_problems(
    document: Document, root: Entry, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Refuse a name for an office that no rule knows, or that differs from row to row."""
    offices = {code for code, office in vocabulary.addressees.items() if not office.named_by}
    for kode in root.get("pejabat") or ():
        if kode not in offices:
            is_named = kode in vocabulary.addressees
            yield document.problem(
                f"/pejabat/{escape(kode)}",
                say("the key $kode", kode=show(kode)),
                say("one of $words", words=", ".join(sorted(offices))),
                _NAMED_BY_ROWS if is_named else suggestion(kode, offices),
                of_key=True,
            )


def _planning_problems(document: Document, entry: Entry) -> Iterator[Problem]:
    own = entry.get("unit")
    for index, unit in enumerate(entry.get("unit_pendukung") or ()):
        if unit == own:
            pointer = f"{entry.at('unit_pendukung')}/{index}"
            yield document.problem(
                pointer, say("$unit, its own unit", unit=show(unit)), "other units only"
            )
    skala = entry.get("skala")
    values: list[tuple[str, Tree]] = [
        (entry.at(key, year), raw)
        for key in _SERIES
        for year, raw in (entry.get(key) or {}).items()
    ]
    for year, rows in (entry.get("realisasi_lain") or {}).items():
        for index, row in enumerate(rows or ()):
            pointer = f"{entry.at('realisasi_lain', year)}/{index}/nilai"
            values.append((pointer, row.get("nilai")))
    for year, quarters in (entry.get("triwulan") or {}).items():
        for index, raw in enumerate(quarters or ()):
            values.append((f"{entry.at('triwulan', year)}/{index}", raw))
    values.append((entry.at("batas"), entry.get("batas")))
    values.append((entry.at("baseline", "nilai"), entry.get("baseline", "nilai")))
    for pointer, raw in values:
        if isinstance(raw, list) and raw[0] > raw[1]:
            yield document.problem(pointer, f"[{raw[0]}, {raw[1]}]", "[low, high], the lower first")
        if isinstance(raw, str) and not skala:
            hint = number_hint(raw, _SKALA)
            yield document.problem(pointer, show(raw), "a number, or a word of skala", hint)
        elif isinstance(raw, str) and raw not in skala:
            expected = say("one of $words", words=", ".join(map(str, skala)))
            yield document.problem(pointer, show(raw), expected, suggestion(raw, skala))


def _parent_problems(document: Document, root: Entry) -> Iterator[Problem]:
    rows = root.entries("kinerja")
    known = [entry.get("id") for entry in rows]
    for entry in rows:
        induk = entry.get("induk")
        own = entry.get("id")
        if induk is not None and (induk not in known or induk == own):
            found = say("$induk, its own id", induk=show(induk)) if induk == own else show(induk)
            expected = "the id of another planning indicator"
            hint = "" if induk == own else suggestion(induk, [id_ for id_ in known if id_ != own])
            yield document.problem(entry.at("induk"), found, expected, hint)
    yield from _circle_problems(document, rows)


def _circle_problems(document: Document, rows: tuple[Entry, ...]) -> Iterator[Problem]:
    """Refuse each circle of indicators that stand above each other, at its first row."""
    by_id = {entry.get("id"): entry for entry in rows}
    order = {id_: index for index, id_ in enumerate(by_id)}
    seen: set[str] = set()
    for start in by_id:
        path: list[str] = []
        id_ = start
        while id_ in by_id and id_ not in seen:
            seen.add(id_)
            path.append(id_)
            id_ = by_id[id_].get("induk")
        circle = path[path.index(id_) :] if id_ in path else []
        if len(circle) > 1:  # a row that names itself is a problem of its own
            first = circle.index(min(circle, key=order.__getitem__))
            circle = [*circle[first:], *circle[: first + 1]]
            shown = [*circle[:SHOWN_ITEMS], "...", circle[-1]]
            chain = " -> ".join(circle if len(circle) <= len(shown) else shown)
            found = say("indicators that stand above each other: $chain", chain=show(chain))
            hint = "Leave out induk where the highest of them stands."
            yield document.problem(by_id[circle[0]].at("induk"), found, "no circle", hint)


def _target_problems(document: Document, root: Entry) -> Iterator[Problem]:
    seen: dict[Tree, Entry] = {}
    for entry in root.entries("target_indeks"):
        key = (entry.get("dokumen"), entry.get("tahun"), entry.get("indeks") or "indeks_rb")
        if key in seen:
            found = say(
                "the document, year and index of $pointer a second time", pointer=seen[key].pointer
            )
            yield document.problem(entry.pointer, found, "each once")
        seen.setdefault(key, entry)


def _sakip_problems(document: Document, root: Entry, vocabulary: Vocabulary) -> Iterator[Problem]:
    sakip = Entry(root.get("sakip") or {}, "/sakip")
    rows = sakip.entries("komponen")
    yield from _duplicates(document, "sakip/komponen", [(row.get("kode"), row) for row in rows])
    for row in rows:
        parts: Mapping[str, Entry] = {part.pointer: part for part in row.entries("sub")}
        yield from _duplicates(
            document,
            f"{row.pointer}/sub",
            [(part.get("kode"), part) for part in parts.values()],
        )
        for part in parts.values():
            line = f"{row.get('kode')}.{part.get('kode')}"
            yield from _criteria_problems(document, part, line, vocabulary)


def _criteria_problems(
    document: Document, sub: Entry, line: str, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Refuse a criterion twice, and one that is known to belong to another sub-component."""
    rows = sub.entries("kriteria")
    yield from _duplicates(
        document, f"{sub.pointer}/kriteria", [(row.get("kode"), row) for row in rows]
    )
    for row in rows:
        known = vocabulary.criteria.get(row.get("kode"))
        if known is not None and known.line != line:
            found = say("$kode, a criterion of $line", kode=show(row.get("kode")), line=known.line)
            yield document.problem(row.at("kode"), found, say("a criterion of $line", line=line))


def _action_problems(document: Document, root: Entry, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Refuse an action for a line or theme that neither the vocabulary nor the file knows."""
    own = {entry.get("kode") for entry in root.entries("tema")}
    known = (vocabulary.lines, vocabulary.tema)
    for entry in root.entries("rencana_aksi"):
        kode = entry.get("indikator")
        if kode is None or kode in own:
            continue
        if not any(vocabulary.resolve(terms, kode) for terms in known):
            codes = ", ".join(code for terms in known for code in terms)
            hint = suggestion(kode, [*_names(*known), *own]) or say(
                "The codes are $codes.", codes=codes
            )
            expected = "the code of a line or of a theme"
            yield document.problem(entry.at("indikator"), show(kode), expected, hint)


def _turns(status: str) -> frozenset[str]:
    """Return the words of a status that turn its meaning round; no spelling error swaps them."""
    return _TURNING & frozenset(status.casefold().split())


def _recommendation_problems(
    document: Document, root: Entry, rulebook: Rulebook
) -> Iterator[Problem]:
    vocabulary = rulebook.vocabulary
    rules = [rule.id for rule in (*rulebook.rules, *rulebook.off)]
    for entry in root.entries("rekomendasi"):
        status, skema, aturan = entry.get("status"), entry.get("skema"), entry.get("aturan")
        if aturan is not None and aturan not in rules:
            hint = joined(suggestion(aturan, rules), _OWN_RULES)
            yield document.problem(entry.at("aturan"), show(aturan), "the id of a rule", hint)
        if status is not None and vocabulary.resolve(vocabulary.status, status) is None:
            terms = vocabulary.status.values()
            known = "; ".join(f"{term.kode} ({', '.join(term.aliases)})" for term in terms)
            alike = [n for n in _names(vocabulary.status) if _turns(n) == _turns(status)]
            hint = suggestion(status, alike, _SPELLING)
            hint = hint or say("The words are $known.", known=known)
            expected = say(
                "one of $words, or a term of its scheme", words=", ".join(vocabulary.status)
            )
            yield document.problem(entry.at("status"), show(status), expected, hint)
        if skema is not None and skema not in vocabulary.skema:
            expected = say("one of $words", words=", ".join(vocabulary.skema))
            yield document.problem(
                entry.at("skema"), show(skema), expected, suggestion(skema, vocabulary.skema)
            )
