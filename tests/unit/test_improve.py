"""The least change: against an exhaustive search that runs the index, its conditions and limits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.index import compute_indexes
from rbrules.load.json_reader import load_json
from rbrules.model import Index, LineRange, LineSet, LineSpec, Report, Rulebook
from rbrules.outlook.change import read_puts
from rbrules.outlook.difference import what_if
from rbrules.outlook.goal import Goal, known_lines, next_goal, read_goal
from rbrules.outlook.improve import Answer, Improvement, improve
from rbrules.outlook.moves import Board
from rbrules.outlook.page import improvement_page
from rbrules.outlook.tree import improvement_tree
from rbrules.pipeline import check
from tests.shared import AS_OF, LANGUAGES, SAMPLES, assert_valid, dump, report_of, shipped_rulebook
from tests.unit.test_points import SCORES, THEMES, ministry, with_line

RULEBOOK = shipped_rulebook()
DAY = date(2024, 12, 31)
CASES = 500
WHOLE = Decimal(100)


def judged(tree: dict[str, Any], rulebook: Rulebook = RULEBOOK) -> Report:
    evaluation = read_evaluation(load_json(dump(tree), "a.json"), rulebook)
    return check(rulebook, evaluation, as_of=AS_OF, engine=PythonEngine())


def goal_of(report: Report, text: str) -> Goal:
    assert report.index.instrument is not None
    return read_goal(text, report.index.instrument)


def solve(tree: dict[str, Any], text: str, **options: Any) -> Improvement:
    report = report_of(tree)
    return improve(report, goal_of(report, text), **options)


# --- the oracle: small instruments, every set of lines, the index itself ------------------------

CODES = ("renaksi", "implementasi", "sakip", "iku", "spip", "opini")
PAIRS = {"implementasi": "renaksi", "iku": "sakip"}


def small_rulebook(rng: random.Random) -> Rulebook:
    """Cut the instrument of 2024 down to a few lines with other weights."""
    whole = next(i for i in RULEBOOK.instruments if i.id == "rb-2024")
    codes = sorted(rng.sample(CODES, rng.randint(3, 5)))
    shares = [rng.randint(1, 9) for _ in codes]
    lines = []
    for kode, share in zip(codes, shares, strict=True):
        maks = rng.choice([Decimal(5), WHOLE, Decimal(3)])
        low = rng.choice([Decimal(0), Decimal(1)])
        range_ = LineRange(valid=None, min=low, maks=None if kode == "opini" else maks)
        lines.append(
            LineSpec(
                kode=kode,
                komponen="rb_general",
                bobot=round(WHOLE * share / sum(shares), 1),
                ranges=(range_,),
                pengali=PAIRS.get(kode),
                verified=True,
                source="",
            )
        )
    group = LineSet(kelompok=("kementerian",), lines=tuple(lines), tema=(), tema_lines=(), maks={})
    general = tuple(c for c in whole.components if c.kode == "rb_general")
    instrument = replace(whole, components=general, sets=(group,), round_lines=rng.random() < 0.3)
    others = tuple(i for i in RULEBOOK.instruments if i.id != "rb-2024")
    return replace(RULEBOOK, instruments=(*others, instrument), rules=())


def small_file(rng: random.Random, rulebook: Rulebook) -> dict[str, Any]:
    instrument = next(i for i in rulebook.instruments if i.id == "rb-2024")
    rows: list[dict[str, Any]] = []
    for spec in instrument.sets[0].lines:
        range_ = spec.ranges[0]
        kind = rng.choice(["score", "score", "score", "points", "open"])
        if spec.kode == "opini" or kind == "points":
            share = Decimal(rng.randint(0, 100)) / 100
            row: dict[str, Any] = {"poin": round((spec.bobot or 0) * share, 2)}
        elif kind == "open":
            row = {"status": "belum_dinilai"}
        else:
            assert range_.maks is not None
            row = {
                "nilai": (range_.min or 0)
                + (range_.maks - (range_.min or 0)) * rng.randint(0, 10) / 10
            }
        if rng.random() < 0.3 and range_.maks is not None:
            row["target_baik"] = range_.maks * rng.randint(5, 10) / 10
        rows.append({"kode": spec.kode, **row})
    if not any("nilai" in row or "poin" in row for row in rows):
        rows[0] = {"kode": rows[0]["kode"], "poin": 1}
    return {
        "versi": 1,
        "instansi": {"nama": "Contoh", "kelompok": "kementerian"},
        "tahun": 2024,
        "indikator": rows,
        "koefisien": rng.choice([0, -2]),
        "bobot_penyesuaian": rng.choice([100, 100, 90]),
        "target_baik_lengkap": rng.random() < 0.7,
    }


class Oracle:
    """Runs the index on every set of lines; knows nothing of the search."""

    def __init__(self, report: Report, goal: Goal, side: Any) -> None:
        self.report = report
        self.goal = goal
        self.side = side
        self.board = Board(report)
        self.tops = {kode: self._top(kode) for kode in self.board.moves}

    def _top(self, kode: str) -> Decimal:
        move = self.board.moves[kode]
        lines = {line.kode: line for line in self.board.base.lines}
        factor = lines.get(PAIRS.get(kode, ""))
        if move.unit == "nilai" or self.side == "best" or factor is None:
            return move.top
        # Printed points of a line with a multiplier: at most what the multiplier leaves.
        assert factor.interval is not None
        assert factor.bobot is not None
        share = factor.interval.low / Fraction(factor.bobot)
        end = Fraction(move.bobot) * share
        return Decimal(end.numerator * 10**6 // end.denominator) / 10**6

    def index(self, values: Mapping[str, Decimal]) -> Index:
        """Write the scores into the file, and compute the index of that."""
        tree = self.report.evaluation.root.tree
        rows = []
        for row in tree["indikator"]:
            kode = row["kode"]
            key = self.board.moves[kode].unit if kode in values else ""
            raised = {"kode": kode, "target_baik": row.get("target_baik"), key: values.get(kode)}
            rows.append(raised if key else row)
        root = replace(self.report.evaluation.root, tree={**tree, "indikator": rows})
        evaluation = replace(self.report.evaluation, root=root)
        return compute_indexes(evaluation, self.report.rulebook, DAY)[0]

    def end(self, index: Index) -> Fraction:
        assert index.exact is not None
        return index.exact.low if self.side == "sure" else index.exact.high

    def reached(self, kodes: tuple[str, ...]) -> bool:
        return self.goal.reached(self.index({k: self.tops[k] for k in kodes}), self.side)

    def smallest(self, movable: Any, cost: Callable[[tuple[str, ...]], Fraction]) -> list[Any]:
        """Return (cost, size, sets) of the smallest sets, [] where none reaches the goal."""
        # Raising what is not known lowers the upper end, which no search should propose.
        codes = [k for k in self.board.moves if k in movable]
        found: dict[Any, list[tuple[str, ...]]] = {}
        for size in range(len(codes) + 1):
            for kodes in combinations(codes, size):
                if self.reached(kodes):
                    found.setdefault((cost(kodes), size), []).append(kodes)
        return [min(found), found[min(found)]] if found else []

    def least(self, kodes: tuple[str, ...]) -> Fraction:
        """Return the fewest points moved, over every order of filling the lines one by one."""
        return min(self._filled(order) for order in permutations(kodes))

    def _filled(self, order: tuple[str, ...]) -> Fraction:
        moves = self.board.moves
        values = {}
        moved = Fraction(0)
        for kode in order:
            move = moves[kode]
            line = next(line for line in self.board.base.lines if line.kode == kode)
            start = move.now if move.now is not None else (line.min or Decimal(0))
            if move.unit == "poin" and move.now is None:
                start = Decimal(0)
            values[kode] = start
            if move.now is None:
                moved += move.points(start)
        for kode in order:
            before = self.end(self.index(values))
            if self.goal.holds(before):
                return moved
            start, values[kode] = values[kode], self.tops[kode]
            after = self.end(self.index(values))
            room = moves[kode].points(self.tops[kode]) - moves[kode].points(start)
            if self.goal.holds(after):
                return moved + room * (self.goal.number - before) / (after - before)
            moved += room
        raise AssertionError


def random_cases() -> Iterator[tuple[int, random.Random]]:
    for seed in range(CASES):
        yield seed, random.Random(seed)


def movable_at(board: Board, answer: Answer, locked: frozenset[str]) -> set[str]:
    """At the upper end a line without value is at its highest already."""
    return {
        kode
        for kode, move in board.moves.items()
        if kode not in locked and not (answer.side == "best" and move.now is None)
    }


def test_least_change_is_that_of_the_exhaustive_search() -> None:
    seen = dict.fromkeys(("reached", "found", "limit", "two", "costs", "grade", "rounded"), 0)
    for seed, rng in random_cases():
        rulebook = small_rulebook(rng)
        report = judged(small_file(rng, rulebook), rulebook)
        base = Board(report).base
        assert base.exact is not None
        text = rng.choice(["A", "A-", "BB", "AA", "number", "number", "number"])
        if text == "number":
            text = str(round(Decimal(float(base.exact.low)) + rng.randint(0, 60), 2))
        goal = goal_of(report, text)
        codes = list(Board(report).moves)
        locked = frozenset(rng.sample(codes, rng.randint(0, 1)))
        costs = {k: Decimal(rng.randint(0, 5)) for k in codes} if rng.random() < 0.3 else None
        found = improve(report, goal, locked=locked, costs=costs)
        for answer in found.answers:
            oracle = Oracle(report, goal, answer.side)
            movable = movable_at(oracle.board, answer, locked)

            def cost(kodes: tuple[str, ...], costs: Any = costs) -> Fraction:
                return (
                    sum((Fraction(costs[k]) for k in kodes), Fraction(0)) if costs else Fraction(0)
                )

            expected = oracle.smallest(movable, cost)
            assert answer.reached == oracle.reached(()), seed
            if answer.reached:
                seen["reached"] += 1
                continue
            if not expected:
                seen["limit"] += 1
                assert answer.plans == (), seed
                assert answer.limit is not None, seed
                continue
            (least_cost, size), sets = expected
            plan = answer.plans[0]
            kodes = tuple(step.kode for step in plan.steps)
            assert len(kodes) == size, (seed, kodes, sets)
            assert cost(kodes) == least_cost, seed
            assert {tuple(s.kode for s in p.steps) for p in answer.plans} <= set(sets), seed
            assert goal.reached(oracle.index({s.kode: s.after for s in plan.steps}), answer.side)
            assert all(s.before is None or s.before < s.after for s in plan.steps), seed
            assert all(s.after <= oracle.tops[s.kode] for s in plan.steps), seed
            rounds = base.instrument is not None and base.instrument.round_lines
            has_condition = goal.band is not None and goal.band.requires is not None
            if not rounds and not has_condition:
                best = min(oracle.least(one) for one in sets)
                assert min(p.least for p in answer.plans) == best, (seed, kodes, sets)
                assert all(p.moved >= p.least for p in answer.plans), seed
            seen["found"] += 1
            seen["two"] += size > 1
            seen["costs"] += costs is not None
            seen["grade"] += has_condition
            seen["rounded"] += rounds
    assert min(seen.values()) >= 20, seen


def test_no_spread_of_the_points_needs_fewer_of_them() -> None:
    """Filling line by line is the best way: random spreads of fewer points never reach the goal."""
    tried = 0
    for seed, rng in random_cases():
        rulebook = small_rulebook(rng)
        report = judged(small_file(rng, rulebook), rulebook)
        base = Board(report).base
        if base.exact is None or (base.instrument and base.instrument.round_lines):
            continue
        goal = Goal(number=base.exact.low + rng.randint(5, 40), strict=False)
        answer = improve(report, goal).answers[0]
        if answer.side != "sure" or not answer.plans or len(answer.plans[0].steps) < 2:
            continue
        oracle = Oracle(report, goal, "sure")
        plan = answer.plans[0]
        for _ in range(20):
            values = {}
            for step in plan.steps:
                move = oracle.board.moves[step.kode]
                start = move.now or Decimal(0)
                part = Decimal(rng.randint(0, 1000)) / 1000
                values[step.kode] = start + (oracle.tops[step.kode] - start) * part
            if any(v < (oracle.board.moves[k].now or 1) for k, v in values.items()):
                continue
            moves = oracle.board.moves
            moved = sum(
                moves[k].points(v)
                - (moves[k].points(moves[k].now) if moves[k].now is not None else 0)
                for k, v in values.items()
            )
            if moved < plan.least:
                tried += 1
                assert not goal.reached(oracle.index(values), "sure"), seed
    assert tried > 100


# --- a whole ministry --------------------------------------------------------------------------


def closed_ministry(**keys: Any) -> dict[str, Any]:
    """Every line a point: the multiplied ones have printed points."""
    tree = ministry(**keys)
    for kode, poin in (("implementasi", "5.04"), ("iku", "4.72")):
        tree = with_line(tree, kode, poin=Decimal(poin))
    return tree


def test_worked_example() -> None:
    tree = closed_ministry()
    report = report_of(tree)
    base = Board(report).base
    assert base.exact is not None
    assert base.exact.is_point
    (answer,) = solve(tree, "A-").answers
    gap = 80 - base.exact.low
    (first, *_) = answer.plans
    assert first.least == gap
    assert 0 < first.moved - gap < Fraction(1, 10)
    assert answer.smaller is not None
    assert answer.smaller.lacks > 0
    assert len(answer.smaller.lines) == len(first.steps) - 1


def test_every_raise_raises_the_index() -> None:
    board = Board(report_of(ministry()))
    assert board.base.exact is not None
    for kode, move in board.moves.items():
        before = board.base.exact
        for share in (0, 1, 2):
            start = move.now or Decimal(0)
            after = board.index({kode: start + (move.top - start) * share / 2}).exact
            assert after is not None
            assert after.low >= before.low
            assert after.high >= before.high
            before = after


def test_an_interval_has_an_answer_for_each_side() -> None:
    found = solve(ministry(), "80.01")
    assert [answer.side for answer in found.answers] == ["sure", "best"]
    sure, best = found.answers
    assert sure.plans[0].least > best.plans[0].least


def test_what_is_out_of_reach_says_by_how_much() -> None:
    locked = frozenset(SCORES) - {"spip"}
    (answer,) = solve(closed_ministry(), "90", locked=locked | {"opini"}).answers[:1]
    assert answer.plans == ()
    assert answer.limit is not None
    assert answer.limit.lacks == 90 - answer.limit.value
    assert "spip" in answer.limit.lines


def test_a_grade_needs_its_condition() -> None:
    tree = with_line(closed_ministry(target_baik_lengkap=True), "spip", target_baik=3)
    for kode in ("spi", "skm", "spbe"):
        tree = with_line(tree, kode, nilai={"spbe": 5}.get(kode, 100))
    assert goal_of(report_of(tree), "A-").reached(Board(report_of(tree)).base, "sure")
    answer = solve(tree, "A").answers[0]
    (plan,) = answer.plans[:1]
    assert [(step.kode, step.after) for step in plan.steps] == [("spip", Decimal("3.00"))]
    assert answer.needed == ("spip",)
    (locked,) = solve(tree, "A", locked=frozenset({"spip"})).answers[:1]
    # Without the condition only an index above 100 is better than A-.
    assert all("spip" not in [s.kode for s in plan.steps] for plan in locked.plans)


def test_a_condition_that_the_file_does_not_settle_blocks_what_is_sure() -> None:
    tree = with_line(closed_ministry(), "spip", target_baik=3)
    for kode in ("spi", "skm", "spbe"):
        tree = with_line(tree, kode, nilai={"spbe": 5}.get(kode, 100))
    sure, best = solve(tree, "A", locked=frozenset(SCORES) - {"spip"}).answers
    assert sure.plans == ()
    assert sure.blocked == ("target_baik_lengkap",)
    assert [step.kode for step in best.plans[0].steps] == ["spip"]


def page_of(tree: dict[str, Any], text: str, lang: str, **options: Any) -> str:
    tree = improvement_tree(report_of(tree), solve(tree, text, **options), lang)
    return " ".join(improvement_page(tree, width=100).split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_why_a_grade_is_open_and_what_to_write(lang: str) -> None:
    says = {
        "id": "A atau A-: di atas 80 sampai dengan 100 predikatnya A bila",
        "en": "A or A-: above 80 and up to 100 the grade is A where",
    }[lang]
    tree = with_line(closed_ministry(), "spip", target_baik=3)
    locked = frozenset(SCORES) - {"spip"}
    blocked = page_of(tree, "A", lang, locked=locked)
    assert blocked.count(says) == 1
    assert '"target_baik_lengkap": true' in blocked
    assert says in page_of(closed_ministry(), "85", lang), "a set makes A or A-"
    for text in ("A", "85"):
        complete = {**tree, "target_baik_lengkap": True}
        assert says not in page_of(complete, text, lang, locked=locked)
    assert says not in page_of(closed_ministry(), "79", lang), "neither grade is shown"


# A goal that is reached, one with sets, one with a condition, and one out of reach.
GOALS = ("20", "85", "A", "119.5")


@pytest.mark.parametrize("text", GOALS)
@pytest.mark.parametrize("options", [{}, {"costs": {"spip": Decimal("1.5"), "zi": Decimal(0)}}])
def test_the_data_follow_their_schema(text: str, options: dict[str, Any]) -> None:
    for tree in (ministry(), closed_ministry(), without_scores()):
        report = report_of(tree)
        found = improve(report, goal_of(report, text), **options)
        for lang in LANGUAGES:
            assert_valid(improvement_tree(report, found, lang), "improve")


def test_an_improvement_without_lines_follows_its_schema() -> None:
    report = report_of({**ministry(hasil_terbit={"indeks_rb": 70}), "indikator": [], "tema": []})
    found = improve(report, goal_of(report, "A"), locked=frozenset({"spip"}))
    assert_valid(improvement_tree(report, found, "id"), "improve")


def without_scores() -> dict[str, Any]:
    """A ministry of which two lines are not known and one misses its target."""
    tree = with_line(ministry(), "spip", target_baik=4)
    gone = {"spi", "opini"}
    return {**tree, "indikator": [row for row in tree["indikator"] if row["kode"] not in gone]}


def test_costs_come_before_the_number_of_lines() -> None:
    tree = closed_ministry()
    costs = {kode: Decimal(1) for kode in SCORES} | {"spbe": Decimal(9), "skm": Decimal(9)}
    answer = solve(tree, "A-", costs=costs).answers[0]
    assert len(answer.plans[0].steps) > 1
    assert not {"spbe", "skm"} & {step.kode for step in answer.plans[0].steps}
    found = solve(tree, "A-", costs={"spi": Decimal(2), "skm": Decimal(1)})
    assert "spip" in found.uncosted
    assert {s.kode for a in found.answers for p in a.plans for s in p.steps} <= {"spi", "skm"}


def test_next_is_the_grade_above() -> None:
    report = report_of(closed_ministry())
    index = Board(report).base
    assert [band.kode for band in index.bands] == ["BB"] or [b.kode for b in index.bands] == ["B"]
    goal = next_goal(index)
    assert goal is not None
    assert goal.band is not None
    assert goal.band.kode == {"BB": "A-", "B": "BB"}[index.bands[0].kode]


@pytest.mark.parametrize(
    ("text", "says"), [("80,01", "80.01"), ("Sangat", "grade"), ("NaN", "a number"), ("Z", "AA")]
)
def test_a_goal_that_is_none_is_a_problem(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        goal_of(report_of(ministry()), text)


def test_goals_are_read_by_code_name_and_number() -> None:
    report = report_of(ministry())
    for text, number, strict in (
        ("a-", 80, True),
        ("sangat baik", 70, True),
        ("80.5", 80.5, False),
    ):
        goal = goal_of(report, text)
        assert (goal.number, goal.strict) == (Fraction(number), strict)


def test_locked_lines_are_known() -> None:
    report = report_of(ministry())
    words = RULEBOOK.vocabulary
    assert known_lines(["SPIP", "tema.x"][:1], report.index, words) == {"spip"}
    with pytest.raises(InputError, match="Did you mean spip"):
        known_lines(["spipp"], report.index, words)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_has_an_answer(path: Any) -> None:
    report = report_of(path.read_bytes())
    if report.index.instrument is None:
        return
    for text in ("A", "AA", "75"):
        if text == "75" or text in {band.kode for band in report.index.instrument.bands}:
            improve(report, goal_of(report, text))


# --- whole files, in every state of a line ------------------------------------------------------


def messy_row(given: dict[str, Any], rng: random.Random, year: int) -> dict[str, Any] | None:
    row = dict(given)
    if year != 2024:
        row["maks"] = {"spip": 5, "zi": 3, "merit": 410}.get(row["kode"], 100)
        row["bobot"] = Decimal(rng.choice(["2", "4", "3.5", "1.25"]))
    printed = {"poin": Decimal(rng.randint(0, 120)) / 100}
    bare = {key: value for key, value in row.items() if key not in {"nilai", "poin", "kategori"}}
    return rng.choice(
        [
            row,
            row,
            row | {"target_baik": 4},
            bare | {"tahun_lalu": row.get("nilai"), "status": "nilai_tahun_lalu"},
            {"kode": row["kode"], "status": "dikecualikan"},
            row | {"poin": 99},
            row | printed,
            bare | printed,
            {key: value for key, value in row.items() if key != "bobot"},
            None,
        ]
    )


def messy_file(rng: random.Random) -> dict[str, Any]:
    """A file whose lines are carried over, excluded, out of range, printed, open or without one."""
    year = rng.choice([2023, 2024, 2025])
    tree = ministry(tahun=year, target_baik_lengkap=rng.random() < 0.5)
    rows = [messy_row(row, rng, year) for row in tree["indikator"]]
    free = [{"kode": "tema_baru", "lines": [{"kode": "kl", "poin": 1, "bobot": 2}]}]
    themes = {2023: [], 2024: tree["tema"], 2025: free}[year]
    tree |= {"indikator": [row for row in rows if row is not None], "tema": themes}
    for key in ("koefisien", "bobot_penyesuaian", "tema"):
        if rng.random() < 0.3:
            del tree[key]
    if rng.random() < 0.3:
        tree["hasil_terbit"] = {"indeks_rb": 77, "rb_general": 70, "predikat": "BB"}
    return tree


@pytest.mark.parametrize("seed", range(40))
def test_search_and_index_agree_on_files_of_every_kind(seed: int) -> None:
    rng = random.Random(seed)
    report = judged(messy_file(rng))
    for text in ("A", str(rng.randint(30, 110))):
        goal = goal_of(report, text)
        for answer in improve(report, goal).answers:
            for plan in answer.plans:
                assert goal.reached(plan.index, answer.side)
            if answer.smaller is not None:
                assert not goal.reached(answer.smaller.index, answer.side)
            if answer.limit is not None:
                assert not goal.reached(answer.limit.index, answer.side)


# --- one base, one sum --------------------------------------------------------------------------


def printed_file(seed: int) -> tuple[random.Random, dict[str, Any]]:
    """A file of which many lines have printed points that are not quite those of their score."""
    rng = random.Random(seed)
    tree = messy_file(rng)
    for row in tree["indikator"]:
        if rng.random() < 0.5 and "status" not in row:
            row["poin"] = Decimal(rng.randint(0, 150)) / 100
    return rng, tree


def without_totals(tree: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if key != "hasil_terbit"}


@pytest.mark.parametrize("seed", range(40))
def test_what_is_counted_from_is_what_a_check_reports_of_the_lines(seed: int) -> None:
    _, tree = printed_file(seed)
    report = judged(without_totals(tree))
    base = Board(report).base
    assert (base.exact, base.bands) == (report.index.exact, report.index.bands)
    # Printed totals move nothing: the lines are the same with and without them.
    assert Board(judged(tree)).base.exact == base.exact


def test_printed_points_count_as_printed() -> None:
    tree = with_line(closed_ministry(), "spip", poin=Decimal("2.25"))  # 2.00 by the score
    assert Board(report_of(tree)).base.exact == report_of(tree).index.exact
    (answer,) = solve(tree, "A-", locked=frozenset(SCORES) - {"spip", "spbe", "spi"}).answers
    for step in (s for plan in answer.plans for s in plan.steps if s.kode == "spip"):
        assert step.moved == Fraction(step.after) * 4 / 5 - Fraction("2.25")
        assert step.gain == step.moved


def judge(evaluation: Any) -> Report:
    return check(RULEBOOK, evaluation, as_of=AS_OF, engine=PythonEngine())


@pytest.mark.parametrize("seed", range(25))
def test_a_whatif_gives_exactly_what_is_promised(seed: int) -> None:
    rng, tree = printed_file(seed)
    report = judged(tree)
    base = Board(report).base
    assert base.exact is not None
    found = improve(report, goal_of(report, str(round(float(base.exact.low)) + rng.randint(1, 12))))
    for plan in (plan for answer in found.answers for plan in answer.plans):
        puts = read_puts(report.evaluation, RULEBOOK, plan.options)
        difference = what_if(report, puts, judge)
        assert difference.index.base is not None
        assert difference.index.base.exact == base.exact
        assert difference.index.after is not None
        assert difference.index.after.exact == plan.index.exact
        assert difference.index.after.bands == plan.index.bands


@pytest.mark.parametrize("seed", range(40))
def test_rows_add_up_to_what_the_index_moves_by(seed: int) -> None:
    rng, tree = printed_file(seed)
    report = judged(tree)
    found = improve(report, goal_of(report, str(rng.randint(30, 110))))
    start = found.base.exact
    assert start is not None
    for answer in found.answers:
        for plan in answer.plans:
            assert plan.index.exact is not None
            ends = (plan.index.exact.low - start.low, plan.index.exact.high - start.high)
            assert plan.gain == ends[answer.side == "best"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_line_that_another_one_multiplies_has_a_row_of_its_own(lang: str) -> None:
    tree = ministry()
    locked = frozenset(SCORES) - {"sakip"} | {"opini", *(f"{t}.kl" for t in THEMES)}
    base = Board(report_of(tree)).base
    assert base.exact is not None
    goal = str(round(float(base.exact.low) + 1, 2))
    sure = solve(tree, goal, locked=locked).answers[0]
    (plan,) = sure.plans
    (row,) = plan.carried
    assert (row.kode, row.pengali) == ("iku", "sakip")
    assert row.gain == Fraction(63, 1000) * (Fraction(plan.steps[0].after) - 75)
    page = page_of(tree, goal, lang, locked=locked)
    assert {"en": "because sakip multiplies it", "id": "karena dikalikan sakip"}[lang] in page
    assert {"en": "Total", "id": "Jumlah"}[lang] in page


def test_rounded_rows_that_do_not_add_up_are_told() -> None:
    seen = 0
    for text in ("79", "81", "83", "85", "87"):
        report = report_of(ministry())
        tree = improvement_tree(report, improve(report, goal_of(report, text)), "en")
        for plan in (plan for answer in tree["answers"] for plan in answer["plans"]):
            rows = [*plan["steps"], *plan["carried"]]
            one = {**tree, "answers": [{**tree["answers"][0], "plans": [plan]}]}
            is_whole = sum(row["gain"] for row in rows) == plan["gain"]
            seen += not is_whole
            assert ("Each row is rounded" in improvement_page(one, width=100)) is not is_whole
    assert seen


def test_at_best_no_set_is_larger_than_the_one_that_is_sure() -> None:
    compared = 0
    for seed, rng in random_cases():
        rulebook = small_rulebook(rng)
        report = judged(small_file(rng, rulebook), rulebook)
        base = Board(report).base
        assert base.exact is not None
        text = str(round(Decimal(float(base.exact.low)) + rng.randint(5, 60), 2))
        answers = improve(report, goal_of(report, text)).answers
        if len(answers) == 2 and answers[0].plans and not answers[1].reached:
            sure, best = (answer.plans[0] for answer in answers)
            assert (len(best.steps), best.moved) <= (len(sure.steps), sure.moved), seed
            compared += 1
    assert compared > 50


# --- what is not said by numbers ------------------------------------------------------------------

WAY = {
    "id": (
        "Pilihan ini mencapai AA, bukan A.",
        "berkas tidak menyatakan",
        "tidak dapat mencapainya",
    ),
    "en": (
        "These sets reach AA instead of A.",
        "the file does not say",
        "cannot reach theirs here",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_set_that_goes_by_way_of_another_grade_says_why(lang: str) -> None:
    goes, is_open, is_stuck = WAY[lang]
    tree = closed_ministry()
    for row in tree["indikator"]:
        if "nilai" in row:
            row["target_baik"] = row["nilai"]
    page = page_of(tree, "A", lang)
    assert goes in page
    assert is_open in page
    tree["target_baik_lengkap"] = True
    assert goes not in page_of(tree, "A", lang)
    tree = with_line(tree, "spip", target_baik=5)
    page = page_of(tree, "A", lang, locked=frozenset({"spip"}))
    assert goes in page
    assert is_stuck in page


REGION = {
    "versi": 1,
    "instansi": {"nama": "Kabupaten Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
    "hasil_terbit": {"indeks_rb": Decimal("71.38"), "predikat": "BB"},
}
SPIP = {"kode": "spip", "nilai": Decimal("3.2")}
NO_WEIGHTS = {"id": "indikator tidak berbobot", "en": "lines have a weight neither in the file"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("row", [SPIP, {**SPIP, "bobot": 5, "maks": 5}])
def test_lines_without_weights_are_no_goal_out_of_reach(row: dict[str, Any], lang: str) -> None:
    tree = {**REGION, "indikator": [row, {"kode": "sakip", "nilai": 70}]}
    report = report_of(tree)
    goal = next_goal(report.index)
    assert goal is not None
    assert goal.band is not None
    assert goal.band.kode == "A-", "the grade above the published one"
    (answer,) = improve(report, goal).answers
    assert answer.blocked == ("no_weights",)
    page = page_of(tree, "A-", lang)
    assert NO_WEIGHTS[lang] in page
    assert {"id": "Tidak dapat dicapai", "en": "cannot be reached"}[lang] not in page
    assert "71,38" in page or "71.38" in page
    assert_valid(improvement_tree(report, improve(report, goal), lang), "improve")
    stands = page_of(tree, "B", lang)
    told = {"id": "sudah mencapai tujuan", "en": "reaches this goal already"}[lang]
    assert told in stands or "Tujuan sudah tercapai" in stands or "reached already" in stands
