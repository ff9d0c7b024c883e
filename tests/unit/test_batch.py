"""Many evaluations in one run: sources, workers that die, and what it all adds up to."""

from __future__ import annotations

import io
import json
import os
import signal
import statistics
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import simplejson

from rbrules.batch.earlier import Earlier
from rbrules.batch.pool import CHUNK_ITEMS, Limits, LocalWorkers, chunks, judge_all
from rbrules.batch.sources import Item, items_in
from rbrules.batch.summary import Summary
from rbrules.batch.work import Row, Settings, Work, place_of
from rbrules.load.files import MAX_EVALUATION_BYTES
from rbrules.pipeline import Selection
from tests.shared import AS_OF, BASE, ROOT, dump, report_of, report_tree, shipped_rulebook


def settings(**changes):
    given = {
        "rulebook": shipped_rulebook(),
        "as_of": AS_OF,
        "rules_year": None,
        "lang": "en",
        "engine": "python",
        "selection": Selection(),
    }
    return Settings(**{**given, **changes})


def evaluation(number, **more):
    agency = {"nama": f"Pemerintah Kabupaten Contoh {number}", "kelompok": "kabupaten"}
    return {**BASE, "instansi": agency, **more}


def judge(items, **changes):
    work = Work(settings(**changes))
    return [work.judge(item) for item in items]


# --- sources


def names(paths, stdin=None):
    return [(item.name, bool(item.problems)) for item in items_in(paths, stdin)]


def test_folders_patterns_lines_and_archives_in_order(tmp_path):
    one = dump(evaluation(1))
    for name in ("b/2.json", "a/1.json", "a/catatan.txt", "a/lagi/3.JSON"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(one)
    (tmp_path / "c.ndjson").write_bytes(one + b"\n\n  \n" + one)
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("../../keluar.json", one)
        archive.writestr("bacaan.txt", "x")
        archive.writestr("dua.jsonl", one + b"\n" + one)
    at = tmp_path.as_posix()
    assert names([at]) == [
        (f"{at}/c.ndjson, line 1", False),
        (f"{at}/c.ndjson, line 4", False),
        (f"{at}/d.zip/../../keluar.json", False),
        (f"{at}/d.zip/dua.jsonl, line 1", False),
        (f"{at}/d.zip/dua.jsonl, line 2", False),
        (f"{at}/a/1.json", False),
        (f"{at}/a/lagi/3.JSON", False),
        (f"{at}/b/2.json", False),
    ]
    assert names([f"{at}/*/?.json"]) == [(f"{at}/a/1.json", False), (f"{at}/b/2.json", False)]
    assert names(["-"], io.BytesIO(one)) == [("<stdin>, line 1", False)]
    assert {path.name for path in tmp_path.parent.glob("*.json")} == set()
    assert {row.state for row in judge(items_in([at], None))} == {"judged"}


def test_what_cannot_be_read_is_an_item_and_stops_nothing(tmp_path):
    (tmp_path / "kosong").mkdir()
    (tmp_path / "rusak.zip").write_bytes(b"PK not a zip")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("besar.json", b" " * (MAX_EVALUATION_BYTES + 1))
        archive.writestr("baik.json", dump(evaluation(1)))
    (tmp_path / "bom.zip").write_bytes(whole.getvalue())
    cut = bytearray(whole.getvalue())
    cut[40:60] = b"\0" * 20
    (tmp_path / "cacat.zip").write_bytes(bytes(cut))
    at = tmp_path.as_posix()
    paths = [f"{at}/{name}" for name in ("kosong", "rusak.zip", "bom.zip", "cacat.zip", "x.json")]
    rows = judge(items_in([*paths, f"{at}/*.xyz", "-"], None))
    assert [(Path(row.name).name, row.state) for row in rows] == [
        ("kosong", "invalid"),
        ("rusak.zip", "invalid"),
        ("baik.json", "judged"),
        ("besar.json", "invalid"),
        ("baik.json", "judged"),
        ("besar.json", "invalid"),
        ("x.json", "invalid"),
        ("*.xyz", "invalid"),
        ("<stdin>", "invalid"),
    ]


def test_an_output_in_the_folder_is_no_input(tmp_path):
    for name in ("1.json", "hasil.jsonl"):
        (tmp_path / name).write_bytes(dump(evaluation(1)))
    found = list(items_in([tmp_path.as_posix()], None, [tmp_path / "hasil.jsonl"]))
    assert [Path(item.name).name for item in found] == ["1.json"]


def test_a_link_to_a_folder_above_is_not_followed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.json").write_bytes(dump(evaluation(1)))
    (tmp_path / "a" / "naik").symlink_to(tmp_path)
    assert len(names([tmp_path.as_posix()])) == 1


def test_a_line_that_is_too_long_is_told_and_the_next_one_is_read():
    data = b"x" * (2 * MAX_EVALUATION_BYTES + 7) + b"\n" + dump(evaluation(1)) + b"\n"
    assert names(["-"], io.BytesIO(data)) == [("<stdin>, line 1", True), ("<stdin>, line 2", False)]


# --- what a worker does


def test_the_line_holds_the_report_of_check():
    data = (ROOT / "samples" / "contoh-temuan.json").read_bytes()
    (row,) = judge([Item("contoh-temuan.json", data)])
    line = simplejson.loads(row.line, use_decimal=True)
    expected = report_tree(report_of(data, name="contoh-temuan.json"), "en")
    assert line["report"] == simplejson.loads(dump(expected), use_decimal=True)
    assert (line["file"], line["state"], line["digest"]) == (row.name, "judged", row.digest)
    assert "\n" not in row.line


def test_a_file_that_is_wrong_has_its_problems_in_its_line():
    (row,) = judge([Item("a.json", dump({**BASE, "tahun": "2023", "lain": 1}))])
    problems = json.loads(row.line)["problems"]
    assert [problem["pointer"] for problem in problems] == ["/tahun", "/lain"]
    assert (row.state, len(row.problems), row.brief) == ("invalid", 2, None)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/kinerja/12/renstra/2023", "/kinerja/*/renstra"),
        ("/hasil_terbit/indeks_rb", "/hasil_terbit/indeks_rb"),
        ("/sakip/komponen/0/sub/2/jawaban", "/sakip/komponen/*/sub/*/jawaban"),
        ("", ""),
    ],
)
def test_places_without_rows_and_years(pointer, place):
    assert place_of(pointer) == place


# --- workers


@dataclass(frozen=True)
class Deadly(Selection):
    """A selection that kills its process as often as a file says."""

    counter: str = ""

    def takes(self, rule):
        left = int(Path(self.counter).read_text("utf-8"))
        if left:
            Path(self.counter).write_text(str(left - 1), "utf-8")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().takes(rule)


def run(items, limits=None, **changes):
    with LocalWorkers(settings(**changes), 1, limits or Limits(60, None)) as workers:
        return list(judge_all(items, workers))


ITEMS = [Item(f"{n}.json", dump(evaluation(n))) for n in range(CHUNK_ITEMS + 2)]


def test_workers_give_what_one_process_gives_in_order():
    items = [*ITEMS, Item("rusak.json", b"{"), *ITEMS[:3]]
    assert run(items) == judge(items)


@pytest.mark.parametrize(
    ("deaths", "state", "retried"),
    [(1, "judged", False), (2, "judged", True), (3, "failed", False)],
)
def test_a_worker_that_dies_costs_one_file_at_most(tmp_path, deaths, state, retried):
    counter = tmp_path / "kematian"
    counter.write_text(str(deaths), "utf-8")
    rows = run(ITEMS[:4], selection=Deadly(counter=counter.as_posix()))
    assert [row.name for row in rows] == [item.name for item in ITEMS[:4]]
    assert [row.state for row in rows] == [state, "judged", "judged", "judged"]
    assert bool(rows[0].retried) == retried
    assert ("retried" in json.loads(rows[0].line)) == retried
    assert not any(row.retried for row in rows[1:])
    if state == "failed":
        assert "died" in json.loads(rows[0].line)["reason"]


def test_a_file_that_never_ends_costs_its_own_time(tmp_path):
    os.mkfifo(tmp_path / "diam.json")
    items = [ITEMS[0], Item((tmp_path / "diam.json").as_posix(), None), ITEMS[1]]
    rows = run(items, Limits(1, None))
    assert [row.state for row in rows] == ["judged", "failed", "judged"]
    assert "no result after 1 seconds" in rows[1].line


def test_chunks_end_at_rows_and_limits():
    row = Row(name="x", state="failed", digest=None, line="{}")
    parts = list(chunks([*ITEMS, row, ITEMS[0]]))
    assert [1 if isinstance(part, Row) else len(part) for part in parts] == [CHUNK_ITEMS, 2, 1, 1]
    assert sum(isinstance(part, Row) for part in parts) == 1
    large = [Item(str(n), b" " * 700_000) for n in range(3)]
    assert [len(part) for part in chunks(large)] == [1, 1, 1]


# --- an earlier output


def test_an_earlier_report_is_taken_only_where_nothing_has_changed(tmp_path):
    output = tmp_path / "hasil.jsonl"
    rows = judge(ITEMS[:3])
    output.write_text("".join(f"{row.line}\n" for row in rows) + rows[0].line[:50], "utf-8")
    changed = Item(ITEMS[1].name, dump(evaluation(99)))

    def found(items, **changes):
        earlier = Earlier([tmp_path / "tidak-ada", output], settings(**changes))
        try:
            return [entry if isinstance(entry, Row) else None for entry in earlier.rows(items)]
        finally:
            earlier.close()

    assert found([*ITEMS[:3], ITEMS[3]]) == [*rows, None]
    assert found([ITEMS[0], changed]) == [rows[0], None]
    assert found(ITEMS[:2], lang="id") == [None, None]
    assert found(ITEMS[:2], selection=Selection(skip=frozenset({"PK-001"}))) == [None, None]
    assert found(ITEMS[:2], rulebook=replace(shipped_rulebook(), digest="sha256:0")) == [None, None]


# --- the summary


def summary_of(rows):
    summary = Summary({rule.id: rule.title for rule in shipped_rulebook().rules})
    for row in rows:
        summary.add(row)
    return summary


def test_numbers_agree_with_a_plain_count():
    figures = [Decimal(value) for value in ("71.38", "60.00", "60.00", "80.01", "55.5", "99.99")]
    trees = [
        evaluation(n, hasil_terbit={"indeks_rb": value}) for n, value in enumerate(figures)
    ] + [evaluation(50), {**evaluation(51), "tahun": 2024}]
    rows = judge([Item(f"{n}.json", dump(tree)) for n, tree in enumerate(trees)])
    rows += judge([Item("rusak.json", b"{")])
    summary = summary_of(rows)
    tree = summary.tree("en", {})
    (first,) = tree["groups"]  # a file without any figure has no index to count
    assert (first["measures"], first["agencies"], first["with_index"]) == ("indeks_rb", 6, 6)
    floats = [float(value) for value in figures]
    assert float(first["mean"]) == pytest.approx(statistics.mean(floats), abs=0.005)
    inner = statistics.quantiles(floats, n=4, method="inclusive")
    assert [float(q) for q in first["quartiles"]] == pytest.approx(
        [min(floats), *inner, max(floats)], abs=0.005
    )
    assert [entry["rank"] for entry in first["ranking"]] == [1, 2, 3, 4, 4, 6]
    assert [entry["nilai"] for entry in first["ranking"]] == sorted(figures, reverse=True)
    ranks = summary.ranks()
    assert [ranks.of(row.brief, "indeks_rb") for row in rows[:7]] == [
        (3, 6), (4, 6), (4, 6), (2, 6), (6, 6), (1, 6), None,
    ]  # fmt: skip
    assert tree["files"] == {"judged": 8, "invalid": 1, "failed": 0, "retried": 0}
    assert tree["without_report"] == [{"file": "rusak.json", "state": "invalid", "problems": 1}]


def test_findings_and_unknowns_agree_with_the_reports():
    paths = sorted((ROOT / "samples").glob("*.json"))
    rows = judge([Item(path.name, path.read_bytes()) for path in paths])
    tree = summary_of(rows).tree("id", {})
    reports = [json.loads(row.line)["report"] for row in rows]
    for key, section in (("rules", "findings"), ("unknown", "unknown")):
        for entry in tree[key]:
            hits = [
                sum(
                    item["rule"] == entry["rule"] and item.get("verdict", "") != "waived"
                    for item in report[section]
                )
                for report in reports
            ]
            assert entry["outcomes"] == sum(hits)
            assert entry["agencies"] == sum(map(bool, hits))
    for year in tree["never_applied"]:
        mine = [set(r["never_applied"]) for r in reports if r["tahun"] == year["tahun"]]
        assert set(year["rules"]) == set.intersection(*mine)
