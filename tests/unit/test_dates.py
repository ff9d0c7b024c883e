"""Every day on which something of the rulebook begins or ends: the day before and the day itself."""

import dataclasses
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import Constant, Validity
from rbrules.pipeline import check
from rbrules.report.tree import report_tree
from rbrules.rulebook import edition, load_rulebook
from tests.shared import AS_OF, RULES, SAMPLES, assert_valid_report, run, shipped_rulebook

DAY = timedelta(days=1)


def periods(node):
    """Yield every period inside a rulebook; citations have days of their own, which select nothing."""
    if isinstance(node, Validity):
        yield node
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from periods(getattr(node, field.name))
    elif isinstance(node, dict):
        for part in node.values():
            yield from periods(part)
    elif isinstance(node, tuple):
        for part in node:
            yield from periods(part)


def days_of_change(rulebook):
    """Every first day, and every day after a last one."""
    found = list(periods(rulebook))
    ends = {period.to + DAY for period in found if period.to is not None}
    return sorted({period.start for period in found} | ends)


def in_force(rulebook, day):
    """Name what the files say is in force on `day`, read from the periods alone."""
    names = {("rule", rule.id) for rule in rulebook.rules if rule.valid.holds_on(day)}
    for id_, parameter in rulebook.parameters.items():
        held = [dated for dated in parameter.values if dated.valid.holds_on(day)]
        assert len(held) <= 1, "values do not overlap"
        names |= {("parameter", id_, repr(dated.value)) for dated in held}
    for instrument in rulebook.instruments:
        if instrument.valid.holds_on(day):
            names |= {
                ("instrument", instrument.measures, k, instrument.id) for k in instrument.kelompok
            }
    return names


def taken(rulebook, day):
    """Name what the program takes on `day`."""
    edited = edition(rulebook, day)
    names = {("rule", rule.id) for rule in edited.rules}
    names |= {("parameter", id_, repr(c.value)) for id_, c in edited.parameters.items()}
    pairs = {(i.measures, k) for i in rulebook.instruments for k in i.kelompok}
    for measures, kelompok in pairs:
        instrument = rulebook.instrument(measures, kelompok, day)
        if instrument is not None:
            names.add(("instrument", measures, kelompok, instrument.id))
    return names


def constants(node):
    if isinstance(node, Constant):
        yield node
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from constants(getattr(node, field.name))
    elif isinstance(node, tuple):
        for part in node:
            yield from constants(part)


DAYS = days_of_change(shipped_rulebook())
YEARS = sorted({day.year for day in DAYS} | {(day - DAY).year for day in DAYS} | {2025, 2026})


def test_there_are_days_to_walk():
    assert len(DAYS) >= 10


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_day_and_the_day_before_differ_in_what_begins_or_ends_there_and_in_nothing_else(day):
    rulebook = shipped_rulebook()
    before, on = taken(rulebook, day - DAY), taken(rulebook, day)
    assert (before, on) == (in_force(rulebook, day - DAY), in_force(rulebook, day))
    for rule in rulebook.rules:
        if rule.valid.start == day:
            assert ("rule", rule.id) in on - before
        elif rule.valid.to == day - DAY:
            assert ("rule", rule.id) in before - on
        else:
            assert (("rule", rule.id) in before) == (("rule", rule.id) in on)
    # The day after and the day before that are like their neighbours, unless they are such days.
    for other in (day + DAY, day - 2 * DAY):
        near = other - DAY if other > day else other + DAY
        if max(other, near) not in DAYS:
            assert taken(rulebook, other) == taken(rulebook, near)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_rules_carry_the_values_of_their_day(day):
    rulebook = shipped_rulebook()
    for today in (day - DAY, day):
        for rule in edition(rulebook, today).rules:
            for constant in constants((rule.where, rule.when)):
                assert constant.value is not None
                if constant.param is not None:
                    assert constant.value == rulebook.parameters[constant.param].on(today).value


def test_between_the_days_nothing_changes():
    rulebook = shipped_rulebook()
    marks = [date(2010, 1, 1), *DAYS, date(2030, 12, 31)]
    for first, after in pairwise(marks):
        last = after - DAY
        middle = first + (last - first) // 2
        assert taken(rulebook, first) == taken(rulebook, middle) == taken(rulebook, last)


# --- --rules-year --------------------------------------------------------------------------------


@cache
def durable():
    try:
        from rbrules.engine.durable import DurableEngine
    except ImportError:
        return None
    return DurableEngine()


def report(path, year, rulebook=None):
    """Check a sample by the rules of a year, with both engines where there are two."""
    rulebook = rulebook or shipped_rulebook()
    evaluation = read_evaluation(load_json(path.read_bytes(), path.name), rulebook)
    reference = PythonEngine()
    return check(
        rulebook,
        evaluation,
        as_of=AS_OF,
        engine=durable() or reference,
        reference=reference if durable() else None,
        rules_year=year,
    )


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_by_the_rules_of_both_years_of_every_change(path, year):
    found = report(path, year)
    rulebook = shipped_rulebook()
    last = date(year, 12, 31)
    assert found.day == last
    assert found.evaluation.tahun != year or report(path, None).outcomes == found.outcomes
    assert {r.id for r in found.rules} == {r.id for r in rulebook.rules if r.valid.holds_on(last)}
    assert {o.rule.id for o in found.outcomes} <= {rule.id for rule in found.rules}
    for index in (found.index, found.sakip):
        # A file may name the instrument that it was judged by.
        if index is not None and "instrumen_dari_berkas" not in {n.kode for n in index.notes}:
            kelompok = found.evaluation.kelompok
            assert index.instrument == rulebook.instrument(index.measures, kelompok, last)
    assert_valid_report(report_tree(found, "id"))


RULE = """\
id: UJI-00{n}
title: {{id: Judul, en: Title}}
severity: low
applies_to: instansi
when: {{tahun: {{above: {{param: ambang_uji}}}}}}
message: {{id: Teks $ambang_uji, en: Text $ambang_uji}}
recommendation: {{id: Teks, en: Text, addressee: [unit]}}
citation: []
source: project
valid: {{{valid}}}
"""
PARAMETER = """\
id: ambang_uji
title: {id: Ambang, en: Threshold}
unit: tahun
values:
  - {value: 2000, from: 2020-01-01, to: 2024-12-30, source: project}
  - {value: 2023, from: 2024-12-31, to: 2024-12-31, source: project}
  - {value: 2022, from: 2025-01-01, source: project}
"""


def folder(tmp_path):
    place = tmp_path / "uji"
    (place / "parameters").mkdir(parents=True)
    (place / "parameters" / "ambang_uji.yaml").write_text(PARAMETER, "utf-8")
    periods_of = ("from: 2020-01-01, to: 2024-12-30", "from: 2024-12-31", "from: 2025-01-01")
    for n, valid in enumerate(periods_of, 1):
        (place / f"UJI-00{n}.yaml").write_text(RULE.format(n=n, valid=valid), "utf-8")
    return place


def test_what_would_the_rules_of_2025_say_of_the_file_of_2023(tmp_path):
    """The last day of the year decides, also where something begins or ends on that day."""
    rulebook = load_rulebook([RULES, folder(tmp_path)])
    (path,) = [path for path in SAMPLES if path.stem == "real-blitar-2023"]
    said = {}
    for year in (2023, 2024, 2025):
        outcomes = report(path, year, rulebook).outcomes
        said[year] = {o.rule.id: o.verdict.value for o in outcomes if o.rule.id.startswith("UJI")}
    assert said == {
        2023: {"UJI-001": "finding"},  # 2023 is above 2000
        2024: {"UJI-002": "pass"},  # 2023 is not above 2023
        2025: {"UJI-002": "finding", "UJI-003": "finding"},  # 2023 is above 2022
    }


def test_by_command(tmp_path):
    (path,) = [path for path in SAMPLES if path.stem == "real-blitar-2023"]
    words = ["check", path, "--rules", folder(tmp_path), "--only", "UJI", "--as-of", AS_OF]
    for year, code, text in (("2024", 0, ""), ("2025", 1, "Text 2,022"), ("2023", 1, "Text 2,000")):
        done = run(*words, "--rules-year", year, "--lang", "en", "--engine", "python")
        assert done.returncode == code
        assert text in done.stdout.decode()
