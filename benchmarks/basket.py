"""Frequent sets on Online Retail, against peers in the same run: `python benchmarks/basket.py [ROUNDS]`.

Needs the peers beside crmlab, best in an environment of their own:

    python -m venv bench && bench/bin/pip install -e . mlxtend pyfim
    bench/bin/python benchmarks/basket.py

(`pip install -e ".[bench]"` names them too.) Ratios hold from machine to machine, seconds do not; those of the processor
hold beside other work too. Each way starts from what it takes: crmlab from the order lines, mlxtend from its table of True
and False, pyfim from a list of lists. To make these is not counted against the peers; to read the lines is counted against
crmlab. *pyfim from lines* makes its lists from the order lines in the quickest way known here, with pandas.

Each way runs in a process of its own for its memory (the peak of the whole process, with its input); the ways take turns,
ROUNDS times, and each time the best of REPEATS counts.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from machine import described, timed

ROUNDS = 3
REPEATS = 5
SUPPORTS = (0.01, 0.005)
WAYS = ("crmlab", "pyfim", "pyfim from lines", "mlxtend")
Row = dict[str, float]


def lists(lines: Any) -> list[list[str]]:
    """The articles of each basket, from order lines of which those of a basket stand together."""
    import numpy as np
    import pandas as pd

    codes, found = pd.factorize(lines["invoice"])
    if len(found) - 1 != int((np.diff(codes) != 0).sum()):
        raise SystemExit("lines of a basket do not stand together")
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    articles = lines["stock_code"].tolist()
    return [articles[begin:end] for begin, end in itertools.pairwise(edges)]


def least(support: float, baskets: int) -> int:
    """Baskets, rounded up."""
    return int(-(-support * baskets // 1))


def work(way: str) -> Callable[[float], Any]:
    """The way as a function of the support, and its input in memory."""
    from crmlab import basket, datasets

    lines = datasets.load("online_retail_lines")
    lines = lines[lines["customer_id"].notna() & (lines["quantity"] > 0) & (lines["unit_price"] > 0)]
    lines = lines[["invoice", "stock_code"]].sort_values("invoice", kind="stable").reset_index(drop=True)
    if way == "crmlab":
        return lambda support: basket.frequent_sets(lines, support)
    held = lists(lines)
    if way == "mlxtend":
        import pandas as pd
        from mlxtend.frequent_patterns import fpgrowth
        from mlxtend.preprocessing import TransactionEncoder

        encoder = TransactionEncoder()
        hot = pd.DataFrame(encoder.fit(held).transform(held), columns=encoder.columns_)
        return lambda support: fpgrowth(hot, min_support=support, use_colnames=True)
    import fim

    def mine(held: list[list[str]], support: float) -> Any:  # a negative support is a number of baskets
        return fim.eclat(held, supp=-least(support, len(held)), zmin=1, report="a")

    return (lambda support: mine(held, support)) if way == "pyfim" else (lambda support: mine(lists(lines), support))


def measure(way: str) -> list[Row]:
    """Best seconds, number of sets and peak MiB of one way at each support."""
    import resource

    do, found = work(way), []
    for support in SUPPORTS:
        clock, processor = [], []
        while len(clock) < REPEATS and not (clock and sum(clock) > 20):
            result, seconds, cpu = timed(lambda support=support: do(support))
            clock.append(seconds)
            processor.append(cpu)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        found.append({"clock": min(clock), "cpu": min(processor), "sets": len(result), "mib": peak})
    return found


def main() -> int:
    """Print the table."""
    if len(sys.argv) > 1 and sys.argv[1] in WAYS:
        print(json.dumps(measure(sys.argv[1])))
        return 0
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(described("crmlab", "numpy", "pandas", "pyfim", "mlxtend"))
    print(f"18,532 baskets; best of {rounds} rounds of {REPEATS}, the ways taking turns.\n")
    results: dict[str, list[list[Row]]] = {}
    for _round in range(rounds):
        for way in WAYS:
            ran = subprocess.run([sys.executable, __file__, way], capture_output=True, text=True, check=False)
            if ran.returncode:
                print(f"{way}: left out ({ran.stderr.strip().splitlines()[-1]})")
            else:
                results.setdefault(way, []).append(json.loads(ran.stdout))
    print(
        "| support | way | seconds | of the processor | times crmlab (clock) | times crmlab (processor) | sets | peak MiB |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for at, support in enumerate(SUPPORTS):
        best = {
            way: {name: min(turn[at][name] for turn in turns) for name in ("clock", "cpu", "sets", "mib")}
            for way, turns in results.items()
        }
        ours = best["crmlab"]
        for way, row in best.items():
            print(
                f"| {support} | {way} | {row['clock']:.3f} | {row['cpu']:.3f} | {row['clock'] / ours['clock']:.2f} "
                f"| {row['cpu'] / ours['cpu']:.2f} | {row['sets']:,} | {row['mib']:.0f} |"
            )
        if len({row["sets"] for row in best.values()}) > 1:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
