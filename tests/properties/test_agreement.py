"""Check, explain, rules test, waivers and impact say the same of every subject, whatever is changed.

Rules are overridden, switched off and waived at random; each part of the program is then asked for
its verdicts by a way of its own.
"""

from datetime import date
from functools import cache

import yaml
from hypothesis import given
from hypothesis import strategies as st

from rbrules.conditions import tallies
from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.explanation import explain
from rbrules.load.json_reader import load_json
from rbrules.model import Inapplicable, Unknown, Verdict
from rbrules.outlook.impact import impact_of
from rbrules.pipeline import check
from rbrules.proof.cases import Case, CaseFile, mismatches
from rbrules.proof.trial import try_rule
from rbrules.rulebook import load_rulebook
from tests.properties.strategies import many
from tests.shared import RULES, SAMPLES, shipped_rulebook

AS_OF = date(2024, 6, 30)
FILES = tuple(path for path in SAMPLES if path.stem.startswith("contoh-temuan"))


@cache
def judged(path):
    """Judge a sample by the shipped rules."""
    evaluation = read_evaluation(load_json(path.read_bytes(), path.name), shipped_rulebook())
    return check(shipped_rulebook(), evaluation, as_of=AS_OF, engine=PythonEngine())


@st.composite
def overlays(draw):
    """Draw a sample, and what a folder of rules changes: rules, a parameter, waivers."""
    path = draw(st.sampled_from(FILES))
    outcomes = [o for o in judged(path).outcomes if o.verdict is not Verdict.NOT_APPLICABLE]
    asked = sorted({outcome.rule.id for outcome in outcomes})
    counted = {tally.rule for rule in shipped_rulebook().rules for tally in tallies(rule)}
    off = draw(st.sets(st.sampled_from(sorted(set(asked) - counted)), max_size=4))
    graded = draw(st.sets(st.sampled_from(asked), max_size=4)) - off
    rules = {id_: {"off": True, "reason": "Uji."} for id_ in off}
    severity = st.sampled_from(("high", "medium", "low"))
    rules |= {id_: {"severity": draw(severity), "reason": "Uji."} for id_ in graded}
    limit = draw(st.sampled_from((1, 3, 5)))
    values = [{"value": limit, "from": "2014-01-01", "source": "project"}]
    parameters = {"level_spip_minimum": {"reason": "Uji.", "values": values}}
    waived = draw(st.lists(st.sampled_from(outcomes), max_size=6, unique_by=key))
    return path, {"rules": rules, "parameters": parameters}, [key(o) for o in waived]


def key(outcome):
    return outcome.rule.id, outcome.subject.id


def waivers_of(path, pairs):
    agency = judged(path).evaluation
    paper = {"jenis": "Surat", "nomor": "1", "tanggal": "2024-01-01"}
    return [
        {
            "aturan": rule,
            "instansi": agency.kode or agency.nama,
            "subjek": subject,
            "alasan": "Uji.",
            "pejabat": "Uji",
            "dokumen": paper,
            "sampai": "2024-12-31",
        }
        for rule, subject in pairs
    ]


def by_explanation(outcome):
    """Judge again from the clauses that `explain` shows."""
    found = explain(outcome)
    if found.absent:
        return Verdict.NOT_APPLICABLE
    asked = True if found.where is None else found.where.result
    if asked is False or isinstance(asked, Inapplicable):
        return Verdict.NOT_APPLICABLE
    if isinstance(asked, Unknown):
        missing = outcome.rule.on_missing
        return Verdict.UNKNOWN if missing is Verdict.FINDING else missing
    match found.when.result:
        case Inapplicable():
            return Verdict.NOT_APPLICABLE
        case Unknown():
            return outcome.rule.on_missing
        case result:
            return Verdict.FINDING if result else Verdict.PASS


@given(overlays(), st.randoms(use_true_random=False))
@many(15)
def test_every_part_says_the_same(tmp_path_factory, overlay, mixer):
    path, overrides, pairs = overlay
    folder = tmp_path_factory.mktemp("aturan")
    (folder / "overrides.yaml").write_text(yaml.safe_dump(overrides), "utf-8")
    unwaived = load_rulebook([RULES, folder])
    listed = {"pengecualian": waivers_of(path, pairs)}
    (folder / "pengecualian.yaml").write_text(yaml.safe_dump(listed), "utf-8")
    rulebook = load_rulebook([RULES, folder])
    evaluation = read_evaluation(load_json(path.read_bytes(), path.name), rulebook)
    plain, report = (
        check(book, evaluation, as_of=AS_OF, engine=PythonEngine()) for book in (unwaived, rulebook)
    )

    verdicts = {key(o): o.verdict for o in report.outcomes}
    assert {id_ for id_, _ in verdicts}.isdisjoint(
        id_ for id_, entry in overrides["rules"].items() if "off" in entry
    )

    # A waiver touches findings only, and nothing but their mark.
    for outcome in plain.outcomes:
        waived = outcome.verdict is Verdict.FINDING and key(outcome) in pairs
        assert verdicts[key(outcome)] is (Verdict.WAIVED if waived else outcome.verdict)
        assert by_explanation(outcome) is outcome.verdict
    assert (plain.index, plain.sakip) == (report.index, report.sakip)

    # Impact lists exactly what two checks differ in.
    before = judged(path)
    impact = impact_of([(path.name, before, report)], (before.rulebook, rulebook), ((), ()), "en")
    quiet = {None, Verdict.NOT_APPLICABLE}
    earlier = {key(o): (o.verdict, o.rule.severity) for o in before.outcomes}
    later = {key(o): (o.verdict, o.rule.severity) for o in report.outcomes}
    expected = set()
    for pair in earlier.keys() | later.keys():
        one, other = earlier.get(pair, (None, None)), later.get(pair, (None, None))
        shown = one[0] in {Verdict.FINDING, Verdict.WAIVED}
        if (one[0] is not other[0] and not {one[0], other[0]} <= quiet) or (
            one[0] is other[0] and shown and one != other
        ):
            expected.add(pair)
    assert {(change.rule, change.subject) for change in impact.changes} == expected

    # A case that expects what check says passes, with and without its mutants; another fails.
    for id_ in mixer.sample(sorted({rule.id for rule in plain.rules}), 3):
        said = {o.subject.id: o.verdict.value for o in plain.outcomes if o.rule.id == id_}
        if not said:
            continue
        assert_case(id_, said, evaluation, rulebook)
        subject = mixer.choice(sorted(said))
        wrong = said | {subject: "pass" if said[subject] != "pass" else "finding"}
        assert [m.subject for m in failures(id_, wrong, evaluation, rulebook)] == [subject]


def case_file(id_, expect, evaluation):
    case = Case(
        name="Uji", pointer="", evaluation=evaluation, as_of=AS_OF, expect=expect, values={}
    )
    return CaseFile(rule=id_, file="uji", cases=(case,), never={}, accepted={})


def failures(id_, expect, evaluation, rulebook):
    return list(mismatches(case_file(id_, expect, evaluation), rulebook, PythonEngine()))


def assert_case(id_, said, evaluation, rulebook):
    assert failures(id_, said, evaluation, rulebook) == []
    assert try_rule(case_file(id_, said, evaluation), rulebook).mutants > 0
