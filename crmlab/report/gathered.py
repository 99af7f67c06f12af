"""What a report says, before it becomes a workbook or a page: files, results, verdicts and what each depends on, masked or with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from crmlab.language import _, tr
from crmlab.own import privacy
from crmlab.own.export import KINDS, Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result
from crmlab.own.results import Findings
from crmlab.own.said import Said

ORDER: Mapping[str, int] = {HOLDS: 0, UNCLEAR: 2, UNTESTED: 3, FAILS: 4}
"""What is worth knowing first; a plain count that recommends nothing stands at 1."""


@dataclass(frozen=True, eq=False)
class Part:
    """One file with what was found in it."""

    export: Export
    results: Sequence[Result]
    not_possible: Mapping[str, str]
    common: Sequence[Said] = ()
    """Sentences that several results begin with, such as the day on which all of them stand: said once."""

    def own(self, result: Result) -> list[Said]:
        """The sentences of a result that are not common to several."""
        return [one for one in result.says if one not in self.common]


@dataclass(frozen=True, eq=False)
class Report:
    """All files of a report."""

    parts: Sequence[Part]
    names: bool = False
    results: Sequence[tuple[Part, Result]] = field(default_factory=list)


def gathered(
    exports: Export | Iterable[Export], findings: Findings | Iterable[Findings], names: bool = False
) -> Report:
    """Files and what was found in each, in the same order; with pseudonyms unless ``names``.

    Raises ``ValueError`` where there are not as many findings as files.
    """
    files = [exports] if isinstance(exports, Export) else list(exports)
    found = [findings] if isinstance(findings, Findings) else list(findings)
    parts = []
    for export, one in zip(files, found, strict=True):
        results = one.results if names else [privacy.masked(result) for result in one.results]
        parts.append(Part(export if names else privacy.masked(export), results, one.not_possible, _common(results)))
    return Report(parts, names, [(part, result) for part in parts for result in part.results])


def _common(results: Sequence[Result]) -> list[Said]:
    said = [one for result in results for one in dict.fromkeys(result.says)]
    return [one for one in dict.fromkeys(said) if said.count(one) > 1]


def kind(export: Export) -> str:
    """What a file is an export of, in the reader's language."""
    return tr(KINDS[export.kind]) if export.kind in KINDS else export.kind


def counted(export: Export) -> str:
    """Rows read = used + left out, as a sentence."""
    text = _("{rows:,} rows read = {used:,} used + {left:,} left out (each with its reason).")
    return tr(text, rows=export.rows, used=export.rows - export.listed, left=export.listed)


def once(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the names, where each customer is known by its name: it would stand there twice."""
    if {"customer", "name"} <= set(table) and table["customer"].astype(str).equals(table["name"].astype(str)):
        return table.drop(columns="name")
    return table


def joined(sentences: Iterable[str]) -> str:
    """Sentences after one another, as the reader's language parts them."""
    whole = ""
    for one in sentences:
        whole = tr(_("{first} {then}"), first=whole, then=one) if whole else one
    return whole


def problems(report: Report, most: int | None = None) -> tuple[pd.DataFrame, int]:
    """All problems of all files, a row each, at most so many; and how many there are."""
    tables, total = [], 0
    for part in report.parts:
        total += sum(max(len(one.rows), 1) for one in part.export.problems)
        table = part.export.problem_table(most)
        if len(report.parts) > 1:
            table.insert(0, "file", part.export.file.name)
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return (whole if most is None else whole.head(most)), total


def by_weight(results: Iterable[tuple[Part, Result]]) -> list[tuple[Part, Result]]:
    """What holds first, then what was only counted, then what was not shown."""
    return sorted(results, key=lambda pair: ORDER.get(pair[1].test.verdict, 1) if pair[1].test else 1)
