"""A report to one tree of plain data, the contract of `--format json`; every view reads it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from rbrules import __version__
from rbrules.comparison import look_up
from rbrules.conditions import named_fields, named_parameters, tables, tallies
from rbrules.derived.published import GRADE_KEYS
from rbrules.derived.subjects import serves_theme
from rbrules.figures import round_half_up
from rbrules.model import (
    ADDRESSEE_PLACEHOLDER,
    KINDS,
    SOURCE_PLACEHOLDER,
    Citation,
    Constant,
    DatedValue,
    Evaluation,
    Index,
    IndexLine,
    Interval,
    Note,
    Outcome,
    Override,
    Parameter,
    Report,
    Rule,
    Severity,
    Subject,
    Table,
    Text,
    Tree,
    Unknown,
    Verdict,
    Vocabulary,
    Waiver,
)
from rbrules.report.command import command_of
from rbrules.report.offices import Offices
from rbrules.report.words import (
    data_of,
    fill,
    label,
    marks_of,
    number,
    safe,
    source_of,
    table_values,
    threshold_words,
    value_of,
)
from rbrules.validate import suggestion

VERSION = 1
"""The version of the report format."""

ALIKE = 0.8
"""How alike the code or name of an agency has to be for a waiver of it to be named; up to 1."""

_CHANGEABLE = ("severity", "title", "message", "recommendation", "addressee")
"""What of a rule an override may change."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_SHOWN = (Verdict.FINDING, Verdict.WAIVED)


def report_tree(report: Report, lang: str, *, every_outcome: bool = False) -> Tree:
    """Return the report as plain data in `lang`.

    Args:
        report: what a check yielded.
        lang: "id" or "en"; decides texts and names, not numbers.
        every_outcome: list passes and not-applicable outcomes too, under `outcomes`.

    Returns:
        The tree that `schemas/report.schema.json` describes; numbers are int and Decimal.
    """
    view = _View(report, lang)
    evaluation = report.evaluation
    tree: dict[str, Tree] = {
        "versi": VERSION,
        "lang": lang,
        "rbrules": {
            "version": __version__,
            "engine": report.engine,
            "verified_by": report.verified_by,
            "rulebook": {
                "digest": report.rulebook.digest,
                "folders": list(report.rulebook.folders),
                "rules": len(report.rules),
            },
        },
        "input": {"file": evaluation.file, "digest": evaluation.digest},
        "as_of": report.as_of.isoformat(),
        "command": command_of(report, lang, every_outcome=every_outcome).words(),
        "instansi": _agency(evaluation),
        "tahun": evaluation.tahun,
        "indeks_rb": view.index(report.index),
    }
    if report.sakip is not None:
        tree["sakip"] = view.index(report.sakip)
    if report.only or report.skip:
        tree["selection"] = {"only": list(report.only), "skip": list(report.skip)}
    counts = Counter(outcome.verdict for outcome in report.outcomes)
    tree["summary"] = {verdict.value: counts[verdict] for verdict in Verdict}
    tree["findings"] = [view.finding(outcome) for outcome in view.sorted(_SHOWN)]
    tree["unknown"] = [view.unknown(outcome) for outcome in view.sorted((Verdict.UNKNOWN,))]
    tree["never_applied"] = list(report.never_applied)
    tree["without_subject"] = _without_subject(report)
    if report.not_in_force:
        rules = [_dormant(rule, lang) for rule in report.not_in_force]
        tree["not_in_force"] = {"day": report.day.isoformat(), "rules": rules}
    if report.rulebook.overrides:
        tree["overrides"] = [override_tree(override) for override in report.rulebook.overrides]
    if report.waivers:
        tree["waivers"] = [{**_waiver(w), "state": state} for w, state in report.waivers]
    if report.elsewhere:
        tree["waivers_elsewhere"] = _elsewhere(report)
    indexes = [index for index in (report.index, report.sakip) if index is not None]
    notes = [*_unfinished(report)]
    notes += [note for index in indexes for note in (*index.notes, *_breaks(index))]
    tree["catatan"] = [view.note(note) for note in dict.fromkeys(notes)]
    if every_outcome:
        tree["outcomes"] = [
            {
                "rule": outcome.rule.id,
                "subject": view.subject(outcome.subject),
                "verdict": outcome.verdict.value,
            }
            for outcome in report.outcomes
        ]
    return tree


def override_tree(override: Override) -> Tree:
    """Return one change of the rulebook as plain data."""
    return {
        "kind": override.kind,
        "id": override.id,
        "keys": list(override.keys),
        "changes": list(_changes(override)),
        "reason": override.reason,
        "file": override.file,
    }


def _changes(override: Override) -> Iterator[Tree]:
    """Yield each key with what stood before and what stands now, texts in both languages."""
    before, after = override.before, override.after
    if isinstance(before, Rule) and isinstance(after, Rule):
        for key in _CHANGEABLE:
            old, new = (_stated(getattr(rule, key)) for rule in (before, after))
            if old != new:
                yield {"key": key, "old": old, "new": new}
    elif isinstance(before, Parameter) and isinstance(after, Parameter):
        if before.values != after.values:
            old, new = ([_dated(value) for value in one.values] for one in (before, after))
            yield {"key": "values", "unit": before.unit, "old": old, "new": new}
    else:
        yield {"key": "off", "old": False, "new": True}


def _stated(value: Severity | Text | tuple[str, ...]) -> Tree:
    match value:
        case Severity():
            return value.value
        case Text():
            return {"id": value.id, "en": value.en}
        case _:
            return list(value)


def _dated(dated: DatedValue) -> Tree:
    end = dated.valid.to
    return {
        # A parameter holds no text of two languages: the language makes no difference.
        "value": data_of(dated.value, "id"),
        "from": dated.valid.start.isoformat(),
        "to": None if end is None else end.isoformat(),
        "source": dated.source,
    }


def _waiver(waiver: Waiver) -> Tree:
    return {
        "aturan": waiver.rule,
        "subjek": waiver.subject,
        "alasan": waiver.reason,
        "pejabat": waiver.office,
        "dokumen": waiver.document,
        "tanggal": waiver.decided.isoformat(),
        "sampai": waiver.until.isoformat(),
        "file": waiver.file,
    }


def _dormant(rule: Rule, lang: str) -> Tree:
    """Name a rule that is not in force, with its first and last day."""
    end = rule.valid.to
    return {
        "rule": rule.id,
        "title": rule.title.in_language(lang),
        "from": rule.valid.start.isoformat(),
        "to": None if end is None else end.isoformat(),
        "file": rule.file,
    }


def _elsewhere(report: Report) -> Tree:
    """Count the waivers of other agencies, and name those that may be meant for this one."""
    evaluation = report.evaluation
    names = [name for name in (evaluation.kode, evaluation.nama) if name is not None]
    alike = [w for w in report.elsewhere if suggestion(w.instansi, names, ALIKE)]
    return {
        "count": len(report.elsewhere),
        "alike": [
            {
                "aturan": waiver.rule,
                "subjek": waiver.subject,
                "instansi": waiver.instansi,
                "meant": names[0],
                "file": waiver.file,
            }
            for waiver in alike
        ],
    }


def _unfinished(report: Report) -> Iterable[Note]:
    """Remark that the year evaluated is not over: its figures may still change."""
    tahun = report.evaluation.tahun
    if report.as_of <= date(tahun, 12, 31):
        yield Note(kode="tahun_belum_berakhir", values=(("tahun", str(tahun)),))


def _breaks(index: Index) -> Iterable[Note]:
    """Remark that last year was judged by an instrument that cannot be compared."""
    last = index.last_year
    if last is not None and not last.sebanding:
        now = index.instrument.id if index.instrument else "-"
        values = (("tahun", str(last.tahun)), ("lalu", last.instrumen or "-"), ("kini", now))
        yield Note(kode="instrumen_berbeda", values=values)


def _without_subject(report: Report) -> Tree:
    """Sort the rules that no subject of the file is for by the kind that the file does not list."""
    rules: dict[str, list[str]] = {}
    for rule in report.rules:
        if not report.evaluation.rows[rule.applies_to]:
            rules.setdefault(rule.applies_to, []).append(rule.id)
    return {kind: rules[kind] for kind in KINDS if kind in rules}


def _agency(evaluation: Evaluation) -> Tree:
    agency = {"nama": evaluation.nama, "kelompok": evaluation.kelompok}
    return agency if evaluation.kode is None else {**agency, "kode": evaluation.kode}


def fingerprint(rule: str, agency: str, subject: str) -> str:
    """Name a finding so that it is known again next year, whatever was reordered or reworded."""
    text = f"{rule}\n{agency}\n{subject}"
    # The letter keeps a spreadsheet from reading the name as a number.
    return "f" + hashlib.sha256(text.encode()).hexdigest()[:15]


class _View:
    """The parts of the tree, in one language."""

    def __init__(self, report: Report, lang: str) -> None:
        self.report = report
        self.lang = lang
        self.names = _subject_names(report.evaluation, report.rulebook.vocabulary, lang)
        self.parameters = dict(report.parameters)
        indexes = [index for index in (report.index, report.sakip) if index is not None]
        self.components = {t.component.kode: t.component.nama for i in indexes for t in i.totals}
        agency = report.evaluation.kode or report.evaluation.nama
        waivers = report.rulebook.waivers
        self.accepted = {(w.rule, w.subject) for w in waivers if w.holds_for(agency, report.as_of)}
        self.offices = Offices(report.evaluation, report.rulebook.vocabulary, lang)

    # --- findings

    def sorted(self, verdicts: Iterable[Verdict]) -> list[Outcome]:
        """Outcomes with one of `verdicts`, by severity, rule and subject id."""
        wanted = set(verdicts)
        return sorted(
            (outcome for outcome in self.report.outcomes if outcome.verdict in wanted),
            key=lambda o: (_RANK[o.rule.severity], o.rule.id, o.subject.id),
        )

    def subject(self, subject: Subject) -> Tree:
        tree = {"kind": subject.kind, "id": subject.id, "pointer": subject.pointer}
        name = self.names.get((subject.kind, subject.id))
        return tree if name is None else {**tree, "nama": name}

    def finding(self, outcome: Outcome) -> Tree:
        rule = outcome.rule
        evaluation = self.report.evaluation
        agency = evaluation.kode or evaluation.nama
        names = self.offices.names(rule.addressee, outcome.subject)
        # An official who holds two of the offices is listed once, under the first.
        once = {name: word for word, name in reversed(names.items())}
        shown = [word for word, name in names.items() if once[name] == word]
        return {
            "rule": rule.id,
            "title": self._filled(rule.title, outcome),
            "family": rule.family,
            "severity": rule.severity.value,
            "verdict": outcome.verdict.value,
            "subject": self.subject(outcome.subject),
            "message": self._filled(rule.message, outcome),
            "recommendation": self._recommendation(outcome, names),
            "addressee": shown,
            "addressee_names": [names[word] for word in shown],
            **self._bases(rule),
            "source": source_of(rule, self.report.rulebook),
            "raises": self._raised(outcome),
            "reference": rule.reference,
            "values": self._values(outcome),
            "looked_at": self._places(outcome),
            **({"counted": counted} if (counted := self._counted(outcome)) else {}),
            "fingerprint": fingerprint(rule.id, agency, outcome.subject.id),
            **({"overridden": changed} if (changed := self._changed_by(rule)) else {}),
            **({"waiver": _waiver(outcome.waiver)} if outcome.waiver else {}),
        }

    def _filled(
        self, text: Text, outcome: Outcome, offices: Mapping[str, str] | None = None
    ) -> str:
        def more(name: str) -> str | None:
            if name.startswith(ADDRESSEE_PLACEHOLDER):
                return (offices or {}).get(name.removeprefix(ADDRESSEE_PLACEHOLDER))
            if name.startswith(SOURCE_PLACEHOLDER):
                return self._source_words(name.removeprefix(SOURCE_PLACEHOLDER), outcome)
            return None

        return fill(text, outcome, self.parameters, self.lang, more)

    def _source_words(self, name: str, outcome: Outcome) -> str | None:
        """Say whose a threshold is that a text names: a table of the rule's, or a parameter."""
        for table in tables(outcome.rule):
            if table.name == name:
                return self._row_source(table, outcome)
        return self._source(name) if name in self.parameters else None

    def _row_source(self, table: Table, outcome: Outcome) -> str:
        """Say whose the value is that a table has for a subject."""
        value = look_up(table, outcome.fact)
        if isinstance(value, Constant) and value.param is not None:
            return self._source(value.param)
        rule = outcome.rule
        file = rule.file if rule.id in self.report.rulebook.own else None
        return threshold_words(rule.source or "regulation", file, (), self.lang)

    def _source(self, name: str) -> str:
        """Say whose threshold a parameter is on the day that selects the rules."""
        rulebook = self.report.rulebook
        dated = rulebook.parameters[name].on(self.report.day)
        assert dated is not None  # it stands among those of the day
        cited = [citation for citation in dated.citation if citation.holds_on(self.report.day)]
        return threshold_words(dated.source, rulebook.own_file(name), cited, self.lang)

    def _changed_by(self, rule: Rule) -> Tree:
        """Name the files that changed the rule or a parameter in its conditions."""
        names = {rule.id, *named_parameters(rule)}
        changes = (o.file for o in self.report.rulebook.overrides if o.id in names)
        return list(dict.fromkeys(changes))

    def _bases(self, rule: Rule) -> dict[str, Tree]:
        """List the legal bases in force on the day that selects the rules.

        Where a rule has some, but none of them is, that is said: it is not a rule without any.
        """
        in_force = [citation for citation in rule.citation if citation.holds_on(self.report.day)]
        tree: dict[str, Tree] = {"citation": [_citation(citation) for citation in in_force]}
        return {**tree, "citation_not_in_force": True} if rule.citation and not in_force else tree

    def _raised(self, outcome: Outcome) -> str | None:
        """Return the line of RB General that following the recommendation can raise.

        None where the group of the agency has no RB index, and of an action that serves a theme.
        """
        report = self.report
        if report.index.instrument is None:
            return None
        if outcome.subject.kind == "rencana_aksi":
            entry = dict(report.evaluation.rows["rencana_aksi"])[outcome.subject.id]
            if serves_theme(report.rulebook.vocabulary, entry):
                return None
        return outcome.rule.raises

    def _recommendation(self, outcome: Outcome, names: Mapping[str, str]) -> str:
        return self._filled(outcome.rule.recommendation, outcome, names)

    def _values(self, outcome: Outcome) -> Tree:
        marks = marks_of(outcome.rule)
        values: dict[str, Tree] = {
            name: data_of(value_of(outcome.fact.readings[name]), self.lang, marks.get(name, ()))
            for name in named_fields(outcome.rule)
        }
        for name in named_parameters(outcome.rule):
            values[name] = data_of(self.parameters[name].value, self.lang)
        for name, value in table_values(outcome).items():
            values[name] = data_of(value, self.lang)
        for tally in tallies(outcome.rule):
            result = outcome.fact.tallies[tally]
            values["count"] = _ends(result.low, result.high)
            values["total"] = _ends(result.total - result.strays, result.total)
        return values

    def _counted(self, outcome: Outcome) -> Tree:
        """Name the subjects that a rule counted; those whose finding is accepted are marked."""
        lists: dict[tuple[str, str], Tree] = {}
        for tally in tallies(outcome.rule):
            lists[tally.rule, tally.verdict.value] = [
                {**self.subject(subject), "waived": (tally.rule, subject.id) in self.accepted}
                for subject in outcome.fact.tallies[tally].counted
            ]
        return [
            {"rule": rule, "verdict": verdict, "subjects": subjects}
            for (rule, verdict), subjects in lists.items()
        ]

    def _places(self, outcome: Outcome) -> Tree:
        """Say where each value stands in the file."""
        places = []
        for name in named_fields(outcome.rule):
            reading = outcome.fact.readings[name]
            if reading.pointers:
                places.append({"field": name, "pointers": list(reading.pointers)})
        return places

    def unknown(self, outcome: Outcome) -> Tree:
        quoted = [
            reading.found
            for name in named_fields(outcome.rule)
            if isinstance(reading := outcome.fact.readings[name], Unknown) and reading.found
        ]
        tree: dict[str, Tree] = {
            "rule": outcome.rule.id,
            "title": self._filled(outcome.rule.title, outcome),
            "severity": outcome.rule.severity.value,
            "subject": self.subject(outcome.subject),
            "missing": list(outcome.missing),
        }
        return {**tree, "found": quoted} if quoted else tree

    # --- the index

    def index(self, index: Index) -> Tree:
        instrument = index.instrument
        decimals = instrument.decimals if instrument else 2
        nilai = index.nilai
        tree: dict[str, Tree] = {
            "instrumen": instrument.id if instrument else None,
            "nilai": nilai,
            "rentang": None,
            "dasar": index.dasar,
            "terbit": self._published(index.measures),
            "predikat_terbit": self._published(GRADE_KEYS[index.measures]),
            "predikat": [
                {"kode": b.kode, "nama": b.nama, "verified": b.verified} for b in index.bands
            ],
        }
        if index.exact is not None:
            tree["rentang"] = _rounded(index.exact, decimals)
        tree["bands"] = [
            {
                "kode": band.kode,
                "nama": band.nama,
                "above": band.above,
                "at_most": band.at_most,
                "verified": band.verified,
            }
            for band in (instrument.bands if instrument else ())
        ]
        tree["rentang_indikator"] = (
            None if index.from_parts is None else _rounded(index.from_parts, decimals)
        )
        tree["komponen"] = [
            {
                "kode": total.component.kode,
                "nama": total.component.nama.in_language(self.lang),
                "maks": total.maks,
                "dasar": total.basis,
                "nilai": _point(total.value, decimals),
                "rentang": _rounded(total.value, decimals),
            }
            for total in index.totals
        ]
        names = {total.component.kode: total.component.nama for total in index.totals}
        tree["lines"] = [self._line(line, decimals, names) for line in index.lines]
        last = index.last_year
        tree["tahun_lalu"] = last and {
            "tahun": last.tahun,
            "nilai": last.nilai,
            "selisih": last.selisih,
            "sebanding": last.sebanding,
        }
        tree["riwayat"] = [
            {
                "tahun": year.tahun,
                "nilai": year.nilai,
                "instrumen": year.instrumen,
                "sebanding": year.sebanding,
            }
            for year in index.past
        ]
        tree["target"] = [
            {
                "dokumen": target.dokumen,
                "nilai": target.nilai,
                "capaian": None if target.capaian is None else round_half_up(target.capaian, 2),
            }
            for target in index.targets
        ]
        tree["bobot_terbukti"] = (
            None if index.bobot_terbukti is None else round_half_up(index.bobot_terbukti, 2)
        )
        tree["penyempit"] = index.penyempit
        return tree

    def _published(self, measures: str) -> Tree:
        return self.report.evaluation.root.get("hasil_terbit", measures)

    def _line(self, line: IndexLine, decimals: int, components: Mapping[str, Text]) -> Tree:
        interval = line.interval
        return {
            "kode": line.kode,
            "nama": self._line_name(line.kode, components),
            "komponen": line.komponen,
            "status": line.status,
            "nilai": data_of(line.nilai, self.lang),
            "maks": line.maks,
            "bobot": line.bobot,
            "asal_bobot": line.asal_bobot,
            "verified": line.verified,
            "poin": None if interval is None else _point(interval, decimals),
            "rentang": None if interval is None else _rounded(interval, decimals),
        }

    def _line_name(self, kode: str, components: Mapping[str, Text]) -> str:
        """Name a line; one of a theme or of a SAKIP component by both of its parts."""
        vocabulary = self.report.rulebook.vocabulary
        whole, _, part = kode.partition(".")
        if not part:
            return _name(
                vocabulary.lines[kode].nama if kode in vocabulary.lines else kode, self.lang
            )
        if whole in components:
            return f"{components[whole].in_language(self.lang)}: {label(f'sub.{part}', self.lang)}"
        theme = vocabulary.tema.get(whole)
        line = vocabulary.tema_lines.get(part)
        names = (
            _name(term.nama if term else word, self.lang)
            for term, word in ((theme, whole), (line, part))
        )
        return ": ".join(names)

    def note(self, note: Note) -> Tree:
        values = {name: self._note_value(name, text) for name, text in note.values}
        return {"kode": note.kode, "teks": label(f"catatan.{note.kode}", self.lang, **values)}

    def _note_value(self, name: str, text: str) -> str:
        """Name lines and groups, write numbers in the language; the year and words stay."""
        if name in {"indikator", "pengali"}:
            return safe(self._line_name(text, self.components))
        if name == "kelompok":
            return label(f"value.kelompok.{text}", self.lang)
        if name == "indeks":
            return label(f"head.{text}", self.lang)
        if _NUMBER.fullmatch(text) and name != "tahun":
            return number(Decimal(text), self.lang)
        return safe(text)


def _name(value: Text | str, lang: str) -> str:
    return value.in_language(lang) if isinstance(value, Text) else value


def _ends(low: int, high: int) -> Tree:
    return low if low == high else [low, high]


def _point(interval: Interval, decimals: int) -> Decimal | None:
    return round_half_up(interval.low, decimals) if interval.is_point else None


def _rounded(interval: Interval, decimals: int) -> list[Decimal]:
    return [round_half_up(end, decimals) for end in (interval.low, interval.high)]


def _citation(citation: Citation) -> Tree:
    return {
        "jenis": citation.jenis,
        "nomor": citation.nomor,
        "tahun": citation.tahun,
        "bagian": citation.bagian,
        "url": citation.url,
        "verified": citation.verified,
    }


def _subject_names(
    evaluation: Evaluation, vocabulary: Vocabulary, lang: str
) -> dict[tuple[str, str], str]:
    """Name the subjects: lines and themes by the vocabulary, recommendations by their text."""
    names: dict[tuple[str, str], str] = {}
    terms = {"indikator": vocabulary.lines, "tema": vocabulary.tema}
    for kind, rows in evaluation.rows.items():
        for id_, entry in rows:
            if kind in terms:
                term = terms[kind].get(id_)
                name = term.nama.in_language(lang) if term else None
            elif kind == "instansi":
                name = evaluation.nama
            else:
                name = entry.get("teks" if kind == "rekomendasi" else "nama")
            if name:
                names[kind, id_] = name
    return names


__all__ = ["VERSION", "fingerprint", "report_tree"]
