"""What goes into the C engine, its limits, and what happens where it misbehaves."""

from __future__ import annotations

import locale
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rbrules.engine.lowering import (
    MAX_FIRINGS,
    MAX_LEAVES,
    Comparison,
    Group,
    Native,
    NativeOperator,
    Quantity,
    Sign,
    Truth,
    count_firings,
    count_leaves,
    lower,
)
from rbrules.engine.python import PythonEngine
from rbrules.errors import EngineError
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Constant,
    Fact,
    Inapplicable,
    Known,
    Not,
    Operand,
    Reading,
    Rule,
    Tally,
    Target,
    Unknown,
    Verdict,
)
from rbrules.pipeline import check
from rbrules.rulebook import load_rulebook
from tests.child import is_child, run_in_child
from tests.properties.strategies import atom, field_atom, make_fact, make_rule

ROOT = Path(__file__).parents[2]
D = Decimal
DAY = date(2024, 2, 29)
LONG = D("1234567890123456")


def above(number: object) -> Atom:
    """Build a comparison of `nilai` (an exact number of `indikator`)."""
    return atom("nilai", "above", D(str(number)))


# The translation, in Python alone.


class TestLowering:
    @pytest.mark.parametrize(
        ("operator", "native", "denied"),
        [
            ("is", "$eq", "$neq"),
            ("is_not", "$neq", "$eq"),
            ("above", "$gt", "$lte"),
            ("at_least", "$gte", "$lt"),
            ("below", "$lt", "$gte"),
            ("at_most", "$lte", "$gt"),
        ],
    )
    def test_an_exact_number_goes_in_as_it_is(
        self, operator: str, native: NativeOperator, denied: NativeOperator
    ) -> None:
        comparison = atom("nilai", operator, D("71.380"))
        expected = Comparison(Quantity("nilai"), native, 71.38)
        assert lower(comparison, "indikator") == expected
        expected = Comparison(Quantity("nilai"), denied, 71.38)
        assert lower(Not(comparison), "indikator") == expected

    @pytest.mark.parametrize(
        ("kind", "comparison"),
        [
            ("indikator", above(LONG)),
            ("indikator", above("1E+301")),
            ("indikator", above("1E-301")),
            ("indikator", field_atom("nilai", "above", "target")),
            ("indikator", atom("nilai", "above", D(1), times=D(2))),
            ("indikator", atom("nilai", "above", D(1), plus=D(0))),
            ("kinerja", atom("capaian", "above", D(100))),
            ("unit", atom("dpa_tanggal", "after", DAY)),
        ],
    )
    def test_what_binary64_cannot_hold_goes_in_as_a_sign(self, kind: Any, comparison: Atom) -> None:
        expected = Comparison(Sign(comparison.field, comparison.operand), "$gt", 0.0)
        assert lower(comparison, kind) == expected

    @pytest.mark.parametrize(
        ("kind", "leaf"),
        [
            ("indikator", atom("nilai", "in", (D(1), D(2)))),
            ("indikator", atom("nilai", "missing", True)),
            ("indikator", atom("kategori", "is", "WTP")),
            ("indikator", field_atom("nilai", "same_as", "target")),
            ("indikator", field_atom("poin", "disagrees_with", "poin_hitung")),
            ("kinerja", atom("iku", "is", True)),
            ("kinerja", field_atom("target_pk", "rises_from", "target_renstra")),
            ("unit", Tally("count", "T-1", Verdict.PASS, "is", Operand(Constant(D(1))))),
        ],
    )
    def test_everything_else_goes_in_as_a_truth(self, kind: Any, leaf: Condition) -> None:
        assert lower(leaf, kind) == Comparison(Truth(leaf), "$eq", 1.0)
        assert lower(Not(leaf), kind) == Comparison(Truth(leaf), "$neq", 1.0)

    def test_between_has_two_ends(self) -> None:
        between = atom("nilai", "between", (D(1), D(2)))
        low, high = (
            Comparison(Quantity("nilai"), "$gte", 1.0),
            Comparison(Quantity("nilai"), "$lte", 2.0),
        )
        assert lower(between, "indikator") == Group("$and", (low, high))
        denied = Group("$or", (low.complement(), high.complement()))
        assert lower(Not(between), "indikator") == denied

    def test_not_is_pushed_inward(self) -> None:
        condition = Not(All((above(1), Any_((Not(above(2)), above(3))))))
        expected = Any_((Not(above(1)), All((above(2), Not(above(3))))))
        assert lower(condition, "indikator") == lower(expected, "indikator")
        assert lower(Not(Not(condition)), "indikator") == lower(condition, "indikator")

    def test_a_group_of_one_is_its_part(self) -> None:
        assert lower(All((Any_((above(1),)),)), "indikator") == lower(above(1), "indikator")

    @pytest.mark.parametrize("empty", [All(()), Any_(())])
    def test_an_empty_group_is_decided_in_python(self, empty: Condition) -> None:
        assert lower(empty, "indikator") == Comparison(Truth(empty), "$eq", 1.0)

    def test_a_wide_any_is_decided_in_python(self) -> None:
        widest = any_of(range(MAX_LEAVES // 2))
        assert isinstance(lower(widest, "indikator"), Group)
        wide = Any_((*widest.parts, above(-1)))
        assert lower(wide, "indikator") == Comparison(Truth(wide), "$eq", 1.0)
        denied = Not(All(tuple(Not(part) for part in wide.parts)))
        assert lower(denied, "indikator") == Comparison(Truth(denied.part), "$neq", 1.0)

    def test_the_widest_any_goes_first(self) -> None:
        condition = All((any_of(range(5)), any_of(range(10, 13)), any_of(range(20, 22))))
        native = lower(condition, "indikator")
        assert isinstance(native, Group)
        assert native.parts == tuple(lower(part, "indikator") for part in condition.parts)
        assert count_firings(native) == 30
        native = lower(All((*condition.parts, any_of(range(30, 34)))), "indikator")
        assert isinstance(native, Group)
        truths = [part for part in native.parts if isinstance(part, Comparison)]
        assert truths == [Comparison(Truth(condition.parts[0]), "$eq", 1.0)]
        assert count_firings(native) == 24

    def test_limits_hold_for_any_shape(self) -> None:
        shapes = (
            All(tuple(any_of(range(5 * row, 5 * row + 5)) for row in range(5))),
            Any_(tuple(All((any_of(range(4)), above(row))) for row in range(9))),
            All(tuple(above(number) for number in range(MAX_LEAVES + 1))),
            nested(12),
            Not(nested(12)),
        )
        for shape in shapes:
            native = lower(shape, "indikator")
            assert count_firings(native) <= MAX_FIRINGS
            assert count_leaves(native) <= MAX_LEAVES
            assert depth_of(native) <= 7

    def test_a_number_that_is_too_long_leaves_its_feature_open(self) -> None:
        readings: list[tuple[Reading, float | None]] = [
            (Known(D("71.38")), 71.38),
            (Known(D("-0.00")), 0.0),
            (Known(LONG), None),
            (Known(D("1E+301")), None),
            (Known(Fraction(1, 3)), None),
            (Unknown(("/nilai",)), None),
            (Inapplicable(), None),
        ]
        for reading, expected in readings:
            value = Quantity("nilai").of(make_fact({"nilai": reading}, kind="indikator"))
            assert repr(value) == repr(expected)

    def test_a_sign_is_exact(self) -> None:
        sign = Sign("nilai", Operand("target", times=Constant(D("1.1"))))
        for nilai, expected in (
            ("0.33", 0),
            ("0.33000000000000001", 1),
            ("0.32999999999999999", -1),
        ):
            readings = {"nilai": Known(D(nilai)), "target": Known(D("0.3"))}
            assert sign.of(make_fact(readings, kind="indikator")) == expected


def any_of(numbers: range) -> Any_:
    return Any_(tuple(above(number) for number in numbers))


def nested(levels: int) -> Condition:
    """Nest `all` and `any` by turns."""
    if levels == 0:
        return above(0)
    group = All if levels % 2 else Any_
    return group((above(levels), nested(levels - 1)))


def depth_of(native: Native) -> int:
    return 1 + max(map(depth_of, native.parts)) if isinstance(native, Group) else 1


# What follows runs the C engine, in a child process.


def rules_on(*conditions: Condition, kind: str = "indikator", **overrides: Any) -> tuple[Rule, ...]:
    return tuple(
        make_rule(id=f"TES-{number}", applies_to=kind, when=condition, **overrides)
        for number, condition in enumerate(conditions)
    )


def facts_with(*values: object, field: str = "nilai") -> tuple[Fact, ...]:
    return tuple(
        make_fact({field: Known(D(str(value)))}, kind="indikator", id_=f"S{number}")
        for number, value in enumerate(values)
    )


@pytest.fixture
def durable() -> Any:
    import rbrules.engine.durable

    return rbrules.engine.durable


@pytest.fixture
def engine(durable: Any) -> Iterator[Any]:
    engine = durable.DurableEngine()
    yield engine
    engine.close()


class TestEngine:
    __test__ = is_child()

    def agree(self, engine: Any, rules: tuple[Rule, ...], facts: tuple[Fact, ...]) -> list[Verdict]:
        """Run both engines and return the verdicts, which must be the same."""
        outcomes = engine.run(rules, facts)
        assert outcomes == PythonEngine().run(rules, facts)
        return [outcome.verdict for outcome in outcomes]

    def test_name(self, engine: Any) -> None:
        assert engine.name == "durable-rules 2.0.28"

    def test_nothing_to_do(self, engine: Any) -> None:
        assert engine.run((), facts_with(1)) == engine.run(rules_on(above(1)), ()) == ()

    def test_order_of_rules_then_facts(self, engine: Any) -> None:
        verdicts = self.agree(engine, rules_on(above(1), above(2)), facts_with(3, 2, 1))
        assert "".join(verdict[0] for verdict in verdicts) == "ffpfpp"
        assert engine.decided() == 6

    @pytest.mark.parametrize("count", [59, 60, 61, 64, 65, 130, 600])
    def test_many_conditions_true_at_once(self, engine: Any, count: int) -> None:
        rules = rules_on(*(above(-number) for number in range(1, count + 1)))
        assert set(self.agree(engine, rules, facts_with(0, 1))) == {Verdict.FINDING}
        assert engine.decided() == 2 * count

    def test_many_branches_true_at_once(self, engine: Any) -> None:
        fours = [range(4 * number, 4 * number + 4) for number in range(40)]
        pairs = [All((any_of(four[:2]), any_of(four[2:]))) for four in fours]
        rules = rules_on(*pairs, Any_(tuple(pairs[:4])), Not(All(tuple(pairs[:4]))))
        verdicts = self.agree(engine, rules, facts_with(1000, -1, 5, 42))
        assert set(verdicts[: 4 * 41 : 4]) == {Verdict.FINDING}
        assert engine.decided() == len(verdicts)

    @pytest.mark.parametrize("count", [255, 256, 257, 300])
    def test_many_rules_share_one_condition(self, engine: Any, count: int) -> None:
        same = rules_on(*(above(1) for _ in range(count)))
        part = rules_on(*(All((above(1), above(-number))) for number in range(count)))
        for rules in (same, part):
            assert self.agree(engine, rules, facts_with(2, 0)) == count * [
                Verdict.FINDING,
                Verdict.PASS,
            ]
        assert engine.decided() == 4 * count

    def test_wide_any(self, engine: Any) -> None:
        wide = any_of(range(40))
        rules = rules_on(wide, Not(wide), All((wide, above(20))))
        verdicts = self.agree(engine, rules, facts_with(50, 0, 20, -3))
        assert "".join(verdict[0] for verdict in verdicts) == "fpfp" + "pfpf" + "fppp"

    @pytest.mark.parametrize("count", range(1, 25))
    def test_many_groups(self, engine: Any, count: int) -> None:
        # The C engine has places for 14 groups in one definition; more make it refuse (error 113).
        pairs = Any_(tuple(All((above(n), above(-n))) for n in range(1, count + 1)))
        nests = Any_(tuple(All((above(n), any_of(range(n, n + 2)))) for n in range(1, count + 1)))
        ors = All(tuple(any_of(range(-n, 2 - n)) for n in range(1, count + 1)))
        rules = rules_on(pairs, nests, ors, Not(pairs), Not(nests), Not(ors))
        self.agree(engine, rules, facts_with(-30, 0, 1, 2, 30))

    def test_five_anys_of_five(self, engine: Any) -> None:
        fives = All(tuple(any_of(range(5 * row, 5 * row + 5)) for row in range(5)))
        rules = rules_on(fives, Not(fives), Any_((fives, above(99))))
        self.agree(engine, rules, facts_with(50, 0, 20, 21, -3))
        assert engine.decided() == 15

    def test_deep_conditions(self, engine: Any) -> None:
        rules = rules_on(*(nested(levels) for levels in range(1, 13)))
        self.agree(engine, rules, facts_with(*range(-1, 13)))
        assert engine.decided() == 12 * 14

    def test_empty_groups(self, engine: Any) -> None:
        rules = rules_on(
            All(()), Any_(()), Not(All(())), All((above(1), Any_(()))), Any_((All(()),))
        )
        verdicts = self.agree(engine, rules, facts_with(2))
        assert "".join(verdict[0] for verdict in verdicts) == "fpppf"

    @pytest.mark.parametrize(
        "numbers",
        [
            ("123456789012344", "123456789012345", "123456789012346"),
            ("0.123456789012344", "0.123456789012345", "0.123456789012346"),
            ("1234567890123455", "1234567890123456", "1234567890123457"),
            ("9007199254740992", "9007199254740993", "9007199254740994"),
            ("1.00000000000000000000000000001", "1.00000000000000000000000000002", "1"),
            ("0.99999999999999", "1", "1.00000000000001"),
            ("1E-16", "1E-15", "2E-15"),
            ("1E-7", "1.5E-7", "-1E-7"),
            ("9E+21", "1E+22", "1.1E+22"),
            ("1E+300", "1.00000000000001E+300", "-1E+300"),
            ("1E+308", "1E+309", "1E+400"),
            ("1E-308", "1E-320", "1E-400"),
            ("-0", "0", "0.00", "-1E-300", "1E-300"),
            ("100", "1E+2", "100.00", "99.99", "100.01"),
            ("-71.38", "-71.380", "-71.37"),
        ],
    )
    def test_digits(self, engine: Any, numbers: tuple[str, ...]) -> None:
        operators = ("is", "is_not", "above", "at_least", "below", "at_most")
        comparisons = (atom("nilai", op, D(right)) for op in operators for right in numbers)
        self.agree(engine, rules_on(*comparisons), facts_with(*numbers))

    def test_what_is_too_long_in_the_rule_is_a_sign(self, engine: Any) -> None:
        self.agree(engine, rules_on(above(LONG), Not(above(LONG))), facts_with(LONG, LONG + 1))
        assert engine.decided() == 4

    def test_what_is_too_long_in_the_fact_is_decided_in_python(self, engine: Any) -> None:
        exact = ("123456789012345", "1.00", "1E+300")
        inexact = (LONG, "1.000000000000001", "1E+301", "1E-301")
        self.agree(engine, rules_on(above(1)), facts_with(*exact))
        assert engine.decided() == 3
        self.agree(engine, rules_on(above(1)), facts_with(*inexact))
        assert engine.decided() == 3

    def test_unknown_and_void_are_decided_in_python(self, engine: Any) -> None:
        readings: tuple[Reading, ...] = (
            Known(D(1)),
            Unknown(("/nilai",)),
            Inapplicable(("/nilai",)),
        )
        facts = tuple(
            make_fact({"nilai": reading}, kind="indikator", id_=f"S{number}")
            for number, reading in enumerate(readings)
        )
        rules = rules_on(above(0), Any_((above(0), atom("kode", "missing", True))))
        verdicts = self.agree(engine, rules, facts)
        assert "".join(verdict[0] for verdict in verdicts) == "fun" + "ffn"
        assert engine.decided() == 2

    def test_where_and_needs(self, engine: Any) -> None:
        rules = rules_on(
            above(1),
            where=atom("target", "above", D(1)),
            needs=("renstra",),
            on_missing=Verdict.FINDING,
        )
        one, two, gap = Known(D(1)), Known(D(2)), Unknown(("/x",))
        rows: list[tuple[Reading, Reading, tuple[str, ...], Verdict, bool]] = [
            # target, nilai, absent documents, verdict, decided by the C engine
            (two, two, (), Verdict.FINDING, True),
            (two, one, (), Verdict.PASS, True),
            (one, two, (), Verdict.NOT_APPLICABLE, True),
            (one, gap, (), Verdict.NOT_APPLICABLE, True),
            (two, gap, (), Verdict.FINDING, False),
            (gap, one, (), Verdict.UNKNOWN, False),
            (two, two, ("renstra",), Verdict.NOT_APPLICABLE, False),
        ]
        for target, nilai, absent, verdict, decided in rows:
            before = engine.decided()
            readings = {"target": target, "nilai": nilai}
            fact = make_fact(readings, kind="indikator", absent=frozenset(absent))
            assert self.agree(engine, rules, (fact,)) == [verdict]
            assert engine.decided() - before == decided

    def test_targets_and_words(self, engine: Any) -> None:
        targets = (Target(D(1), D(1)), Target(D(1), D(2)), Target(D(1), D(1), "WDP"))
        facts = tuple(
            make_fact(
                {"target_pk": Known(left), "target_renstra": Known(right)}, id_=f"{left}{right}"
            )
            for left in targets
            for right in targets
        )
        rules = rules_on(field_atom("target_pk", "differs_from", "target_renstra"), kind="kinerja")
        verdicts = self.agree(engine, rules, facts)
        assert "".join(verdict[0] for verdict in verdicts) == "pfu" + "fpu" + "uup"
        assert engine.decided() == 5

    def test_share_decided_on_the_complete_sample(self, engine: Any) -> None:
        sample = ROOT / "samples" / "contoh-bersih.json"
        rulebook = load_rulebook([ROOT / "rules"])
        evaluation = read_evaluation(load_json(sample.read_bytes(), sample.name), rulebook)
        report = check(rulebook, evaluation, as_of=date(2024, 3, 31), engine=engine)
        assert report.decided_by_engine >= 0.6 * len(report.outcomes)

    def test_a_set_is_compiled_once(
        self, durable: Any, engine: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []
        create = durable.dre.create_ruleset
        fake = SimpleNamespace(**vars(durable.dre))

        def count(name: str, text: str) -> Any:
            made.append(text)
            return create(name, text)

        fake.create_ruleset = count
        monkeypatch.setattr(durable, "dre", fake)
        for _ in range(3):
            self.agree(engine, rules_on(above(1)), facts_with(1, 2))
        assert len(made) == 1

    def test_many_sets(self, durable: Any, engine: Any) -> None:
        sets = [rules_on(above(number)) for number in range(durable.MAX_COMPILED + 5)]
        for _ in range(2):
            for rules in sets:
                self.agree(engine, rules, facts_with(*range(5)))
        assert len(engine._compiled) == durable.MAX_COMPILED

    def test_close(self, engine: Any) -> None:
        engine.close()
        # The second ruleset is compiled, but no fact reaches it.
        known = (above(-number) for number in range(1, MAX_LEAVES + 1))
        rules = rules_on(*known, atom("target", "above", D(1)))
        for _ in range(3):
            self.agree(engine, rules, facts_with(1, 2))
            engine.close()

    def test_memory_stays_flat(self, engine: Any) -> None:
        rules = rules_on(*(above(number) for number in range(50)))
        facts = facts_with(*range(50))

        def grown() -> int:
            before = resident()
            for _ in range(60):
                engine.run(rules, facts)
                engine.close()
            return resident() - before

        grown()
        assert grown() < 16_000


def resident() -> int:
    """Return the memory of this process in KiB; 0 where the system does not say."""
    path = Path("/proc/self/status")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


Switch = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def decimal_comma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Switch:
    """Return a context in which C functions read numbers as in Indonesia."""
    localedef = shutil.which("localedef")
    if localedef:
        name = str(tmp_path / "id_ID.UTF-8")
        subprocess.run([localedef, "-i", "id_ID", "-f", "UTF-8", name], check=False)
    monkeypatch.setenv("LOCPATH", str(tmp_path))

    @contextmanager
    def switch() -> Iterator[None]:
        try:
            locale.setlocale(locale.LC_NUMERIC, "id_ID.UTF-8")
        except locale.Error:
            pytest.skip("the locale id_ID.UTF-8 cannot be made here")
        try:
            yield
        finally:
            locale.setlocale(locale.LC_NUMERIC, "C")

    return switch


class TestMisuse:
    __test__ = is_child()

    def test_rules_of_two_kinds(self, engine: Any) -> None:
        rules = (make_rule(id="TES-001"), make_rule(id="TES-002", applies_to="unit"))
        with pytest.raises(EngineError, match="TES-002 applies to unit"):
            engine.run(rules, (make_fact({}),))

    @pytest.mark.parametrize("place", ["base", "times", "plus"])
    def test_parameter_without_a_value(self, engine: Any, place: str) -> None:
        operand = {"base": Constant(D(1)), place: Constant(None, "batas_uji")}
        rules = rules_on(Atom("nilai", "above", Operand(**operand)))
        with pytest.raises(EngineError, match="batas_uji"):
            engine.run(rules, facts_with(1))

    def test_names_with_one_hash(self, durable: Any) -> None:
        durable.check_names(("id", "x1", "x2"))
        with pytest.raises(EngineError, match="costarring and liquid"):
            durable.check_names(("id", "costarring", "liquid"))

    def test_decimal_comma(self, engine: Any, decimal_comma: Switch) -> None:
        rules, facts = rules_on(above("71.38")), facts_with("71.39")
        engine.run(rules, facts)
        # First with what was compiled before the change, then with what is compiled after it.
        for _ in range(2):
            with decimal_comma(), pytest.raises(EngineError, match="LC_NUMERIC"):
                engine.run(rules, facts)
        assert [outcome.verdict for outcome in engine.run(rules, facts)] == [Verdict.FINDING]

    def test_compiled_under_a_decimal_comma(self, engine: Any, decimal_comma: Switch) -> None:
        rules = rules_on(above("71.38"))
        with decimal_comma():
            engine.run(rules, (make_fact({}, kind="indikator"),))
        with pytest.raises(EngineError, match="LC_NUMERIC"):
            engine.run(rules, facts_with("71.37"))
        assert [o.verdict for o in engine.run(rules, facts_with("71.37"))] == [Verdict.PASS]


class CModuleError(Exception):
    """Stands for the exception of the C module."""


def fail(*_: object) -> Any:
    raise CModuleError("error code: 303")


def exhaust(*_: object) -> Any:
    raise MemoryError


SENTINEL = '{"sentinel":{"m":{"id":"f"}}}'
FIRED = '{"r0":{"m":{"id":"f"}}}'
MISBEHAVIOUR: dict[str, tuple[dict[str, Callable[..., Any]], str]] = {
    "a definition is refused": ({"create_ruleset": fail}, "303"),
    "a fact is refused": ({"assert_fact": fail}, "303"),
    "memory is exhausted": ({"assert_fact": exhaust}, "durable-rules"),
    "a fact is not handled": ({"assert_fact": lambda *_: (1, 0)}, "code 1"),
    "a fact is taken for a known one": ({"assert_fact": lambda *_: (2, 0)}, "code 2"),
    "the state is locked": ({"start_action_for_state": lambda *_: None}, "locked"),
    "starting fails": ({"start_action_for_state": fail}, "303"),
    "nothing fires": ({"start_action_for_state": lambda *_: ("{}", None)}, "0 times"),
    "the sentinel does not fire": ({"start_action_for_state": lambda *_: ("{}", FIRED)}, "0 times"),
    "the sentinel fires twice": (
        {"complete_and_start_action": lambda *_, left=[SENTINEL]: left.pop() if left else None},
        "2 times",
    ),
    "the firings do not end": ({"complete_and_start_action": lambda *_: FIRED}, "more than 2"),
    "completing fails": ({"complete_and_start_action": fail}, "303"),
    "an unknown rule fires": (
        {"complete_and_start_action": lambda *_, left=['{"r7":{}}']: left.pop() if left else None},
        "r7",
    ),
    "a firing cannot be read": ({"complete_and_start_action": lambda *_: "[]"}, "cannot be read"),
    "a retraction is refused": ({"retract_fact": lambda *_: (1, 0)}, "code 1"),
    "retracting fails": ({"retract_fact": fail}, "303"),
}


def fake_module(**functions: Callable[..., Any]) -> SimpleNamespace:
    """Build a C module in which the sentinel fires once and nothing else does."""
    behaviour: dict[str, Any] = {
        "error": CModuleError,
        "create_ruleset": lambda *_: 7,
        "assert_fact": lambda *_: (0, 0),
        "start_action_for_state": lambda *_: ("{}", SENTINEL),
        "complete_and_start_action": lambda *_: None,
        "retract_fact": lambda *_: (0, 0),
        "delete_state": lambda *_: None,
        "delete_ruleset": lambda *_: None,
    }
    return SimpleNamespace(**(behaviour | functions))


class TestMisbehaviour:
    __test__ = is_child()

    def test_the_fake_behaves(
        self, durable: Any, engine: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(durable, "dre", fake_module())
        assert [o.verdict for o in engine.run(rules_on(above(1)), facts_with(1))] == [Verdict.PASS]
        engine.close()

    @pytest.mark.parametrize("what", MISBEHAVIOUR)
    def test_it_becomes_an_engine_error(
        self, durable: Any, engine: Any, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        functions, message = MISBEHAVIOUR[what]
        rules, facts = rules_on(above(1)), facts_with(1, 2)
        with monkeypatch.context() as patch:
            patch.setattr(durable, "dre", fake_module(**functions))
            with pytest.raises(EngineError, match=message):
                engine.run(rules, facts)
        # What misbehaved is gone: the real module is asked to compile again.
        assert [o.verdict for o in engine.run(rules, facts)] == [Verdict.PASS, Verdict.FINDING]

    def test_an_interruption_discards_the_set(
        self, durable: Any, engine: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        rules, facts = rules_on(above(1)), facts_with(1, 2)
        engine.run(rules, facts)
        with monkeypatch.context() as patch:
            patch.setattr(durable, "dre", fake_module(retract_fact=interrupt))
            with pytest.raises(KeyboardInterrupt):
                engine.run(rules, facts)
        assert engine._compiled == {}


def test_in_a_child_process() -> None:
    pytest.importorskip("durable_rules_engine")
    run_in_child(TestEngine, TestMisuse, TestMisbehaviour)
