"""An impact as a page of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rbrules.model import Tree
from rbrules.outlook.impact import EFFECTS
from rbrules.outlook.page import INDENT, Page, grade_words, value_words

EXAMPLES: Final = 3
"""Changes of one rule that a page without --all lists."""


def impact_page(tree: Tree, *, width: int, everything: bool = False) -> str:
    """Render whose verdicts, index or grade differ between two rulebooks.

    Args:
        tree: the impact as plain data.
        width: columns to use, at least 60.
        everything: list every change, not only the first of each rule.
    """
    page = _Page(tree["lang"], width)
    counts = {key: tree[key] for key in ("files", "agencies", "files_changed")}
    total = "impact.none" if not tree["files_changed"] else "impact.some"
    parts = [
        page.wrap(page.label("impact.title", **counts), ""),
        "\n".join(page.rulebook(tree, side) for side in ("before", "after")),
        page.wrap(page.label(total, **counts), ""),
        page.effects(tree["rules"]),
        page.examples(tree, everything=everything),
        page.moved(tree["indexes"]),
        page.definitions(tree),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


class _Page(Page):
    """The parts of the page."""

    def rulebook(self, tree: Tree, side: str) -> str:
        rulebook = tree[side]
        folders = "; ".join(
            self.label(
                f"impact.origin.{folder['origin']}",
                name=folder["name"],
                revision=folder["revision"],
            )
            for folder in rulebook["folders"]
        )
        digest = rulebook["digest"].partition(":")[2][:12]
        values = {"folders": folders, "digest": digest, "rules": rulebook["rules"]}
        return self.wrap(self.label(f"impact.{side}", **values), "")

    def effects(self, rules: Sequence[Tree]) -> str:
        """Count for each rule what becomes of its verdicts; columns without any are left out."""
        shown = [e for e in (rules[0]["effects"] if rules else ()) if _any(rules, e)]
        if not shown:
            return ""
        rows = [
            [
                rule["rule"],
                str(rule["files"]),
                *(str(rule["effects"][effect] or "") for effect in shown),
            ]
            for rule in rules
        ]
        names = [self.label(f"impact.effect.{effect}") for effect in shown]
        return self.table(rows, [self.label("impact.rule"), self.label("impact.files"), *names])

    def examples(self, tree: Tree, *, everything: bool) -> str:
        """List what changes, by rule."""
        lines = []
        for rule in tree["rules"]:
            mine = [change for change in tree["changes"] if change["rule"] == rule["rule"]]
            lines.append(self.wrap(f"{rule['rule']}  {rule['title']}", ""))
            shown = mine if everything else _telling(mine)
            lines += [
                self.wrap(self._change(change), f"{INDENT}- ", INDENT * 2) for change in shown
            ]
            if len(shown) < len(mine):
                more = self.label("findings.more", count=len(mine) - len(shown))
                lines.append(f"{INDENT}- {more}")
        return "\n".join(lines)

    def _change(self, change: Tree) -> str:
        before, after = (self._judged(change, side) for side in ("before", "after"))
        where = f"{change['instansi']} {change['tahun']} ({change['file']})"
        who = self.label("impact.subject", where=where, subject=change["subject"])
        return self.label("impact.change", who=who, before=before, after=after)

    def _judged(self, change: Tree, side: str) -> str:
        state = change[side]
        if state is None:
            return self.label("impact.not_asked")
        words = self.label(f"verdict.{state['verdict']}")
        if change["effect"] != "severity":
            return words
        severity = state["severity"]
        return f"{words} ({self.label(f'severity.{severity}')})"

    def moved(self, indexes: Sequence[Tree]) -> str:
        """List the indexes and grades that differ."""
        if not indexes:
            return ""
        lines = [f"{self.label('impact.indexes')} ({len(indexes)})"]
        for item in indexes:
            sides = [self._index(item[side]) for side in ("before", "after")]
            where = f"{item['instansi']} {item['tahun']} ({item['file']})"
            measures = item["measures"]
            who = f"{where}, {self.label(f'head.{measures}')}"
            words = self.label("impact.change", who=who, before=sides[0], after=sides[1])
            lines.append(self.wrap(words, f"{INDENT}- ", INDENT * 2))
        return "\n".join(lines)

    def _index(self, index: Tree) -> str:
        if index is None:
            return self.label("impact.not_asked")
        instrument = index["instrumen"] or "-"
        return f"{value_words(index, self.lang)} {grade_words(index, self.lang)} [{instrument}]"

    def definitions(self, tree: Tree) -> str:
        """List what the rulebooks state differently, and what of it changes no verdict here."""
        if not tree["definitions"]:
            return ""
        felt = {rule["rule"] for rule in tree["rules"]}
        lines = [f"{self.label('impact.definitions')} ({len(tree['definitions'])})"]
        for item in tree["definitions"]:
            change = self.label(f"impact.{item['change']}")
            keys = f": {', '.join(item['keys'])}" if item["keys"] else ""
            silent = item["kind"] == "rule" and item["id"] not in felt
            note = f"; {self.label('impact.silent')}" if silent else ""
            kind = self.label(f"impact.kind.{item['kind']}")
            words = f"{kind} {item['id']} {change}{keys}{note}"
            lines.append(self.wrap(words, f"{INDENT}- ", INDENT * 2))
        return "\n".join(lines)


def _any(rules: Sequence[Tree], effect: str) -> bool:
    return any(rule["effects"][effect] for rule in rules)


def _telling(changes: Sequence[Tree]) -> list[Tree]:
    """Take the first changes: the gravest effects, and of these one of each file before others."""
    by_effect = sorted(changes, key=lambda change: EFFECTS.index(change["effect"]))
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for place, change in enumerate(by_effect):
        key = change["effect"], change["file"]
        ranked.append(((EFFECTS.index(change["effect"]), seen[key], place), change))
        seen[key] += 1
    return [change for _, change in sorted(ranked, key=lambda pair: pair[0])[:EXAMPLES]]
