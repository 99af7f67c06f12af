"""Frequent sets on Online Retail, against peers in the same run: `python benchmarks/basket.py`.

Needs the peers beside crmlab, best in an environment of their own:

    python -m venv bench && bench/bin/pip install -e . mlxtend pyfim
    bench/bin/python benchmarks/basket.py

(`pip install -e ".[bench]"` names them too.) Ratios hold from machine to machine, seconds do not. All start from what
they take: crmlab from the order lines, mlxtend from its table of True and False, pyfim from lists; making these is not
counted against the peers, reading the lines is counted against crmlab. Each way runs in a process of its own for its
memory (the peak of the whole process, with its input), and REPEATS times for its best time.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import subprocess
import sys
import time

import crmlab

REPEATS = 5
SUPPORTS = (0.01, 0.005)
WAYS = ("crmlab", "mlxtend", "pyfim")


def measure(way: str) -> list[dict[str, float]]:
    """Seconds, number of sets and peak MiB of one way at each support."""
    import resource

    from crmlab import basket, datasets

    lines = datasets.load("online_retail_lines")
    lines = lines[lines["customer_id"].notna() & (lines["quantity"] > 0) & (lines["unit_price"] > 0)]
    lines = lines[["invoice", "stock_code"]].reset_index(drop=True)
    if way != "crmlab":
        held = lines.drop_duplicates().groupby("invoice")["stock_code"].agg(list).tolist()
    if way == "mlxtend":
        import pandas as pd
        from mlxtend.frequent_patterns import fpgrowth
        from mlxtend.preprocessing import TransactionEncoder

        encoder = TransactionEncoder()
        hot = pd.DataFrame(encoder.fit(held).transform(held), columns=encoder.columns_)
    if way == "pyfim":
        import fim
    found = []
    for support in SUPPORTS:
        times = []
        for _turn in range(REPEATS):
            begin = time.perf_counter()
            if way == "crmlab":
                sets = len(basket.frequent_sets(lines, support))
            elif way == "mlxtend":
                sets = len(fpgrowth(hot, min_support=support, use_colnames=True))
            else:
                # pyfim compares the support with a whole number of baskets when it is negative.
                sets = len(fim.eclat(held, supp=-int(-(-support * len(held) // 1)), zmin=1, report="a"))
            times.append(time.perf_counter() - begin)
        unit = 2**20 if sys.platform == "darwin" else 2**10
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        found.append({"seconds": min(times), "sets": sets, "mib": peak})
    return found


def main() -> int:
    """Print the table."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
        return 0
    results, versions = {}, []
    for way in WAYS:
        ran = subprocess.run([sys.executable, __file__, way], capture_output=True, text=True)
        if ran.returncode:
            print(f"{way}: left out ({ran.stderr.strip().splitlines()[-1]})")
            continue
        results[way] = json.loads(ran.stdout)
        versions.append(f"{way} {crmlab.__version__ if way == 'crmlab' else importlib.metadata.version(way)}")
    numpy, pandas = (importlib.metadata.version(name) for name in ("numpy", "pandas"))
    print(f"Frequent sets, 18,532 baskets; {', '.join(versions)}; numpy {numpy}, pandas {pandas}")
    print(f"Python {platform.python_version()}, {platform.machine()}, {time.strftime('%Y-%m-%d')}; best of {REPEATS}")
    for at, support in enumerate(SUPPORTS):
        ours = results["crmlab"][at]["seconds"]
        for way, rows in results.items():
            row = rows[at]
            print(
                f"support {support:5}  {way:8} {row['seconds']:7.3f} s  {row['seconds'] / ours:6.2f} x crmlab"
                f"  {row['sets']:6,} sets  {row['mib']:6.0f} MiB peak"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
