"""Fits of BG/NBD, Gamma-Gamma and Pareto/NBD, against peers in the same run: `python benchmarks/clv.py`.

Needs the peers beside crmlab, best in an environment of their own:

    python -m venv bench && bench/bin/pip install -e . lifetimes clvkit setuptools
    bench/bin/python benchmarks/clv.py

(`pip install -e ".[bench]"` names them too.) Ratios hold from machine to machine, seconds do not. All fit the same
summary table in memory; the ways take turns, so that they see the same machine, and the best of REPEATS counts, by the clock
and by the processor (all threads). Three tables: CDNOW (2,357 customers), 100,000 simulated customers with times to the week, of which many are alike, and
100,000 with times as continuous as a computer has them, of which only those who came once could be.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from machine import described, timed

from crmlab import clv, datasets

REPEATS = 5
PATIENCE = 5.0
"""Seconds: a way that needs more is measured once."""


def simulated(customers: int, weekly: bool) -> pd.DataFrame:
    """Customers as BG/NBD has them, with the parameters of CDNOW, seen for up to a year."""
    rng = np.random.default_rng(20240229)
    rate, drop = rng.gamma(0.2426, 1 / 4.4135, customers), rng.beta(0.7929, 2.4258, customers)
    end = rng.uniform(26, 52, customers)
    frequency, last, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    alive = np.ones(customers, dtype=bool)
    while alive.any():
        now = now + rng.exponential(1 / np.maximum(rate, 1e-12))
        alive &= now < end
        frequency[alive] += 1
        last[alive] = now[alive]
        alive &= rng.uniform(size=customers) > drop
    if weekly:
        end, last = np.ceil(end), np.where(frequency > 0, np.ceil(last), 0.0)
    return pd.DataFrame({"frequency": frequency.astype("int64"), "recency": last, "T": end})


def peers() -> dict[str, Callable[[pd.DataFrame], tuple[float, ...]]]:
    """The ways to fit BG/NBD that are installed; each gives back its parameters."""

    def ours(table: pd.DataFrame) -> tuple[float, ...]:
        return clv.fit_bgnbd(table).values

    found: dict[str, Callable[[pd.DataFrame], tuple[float, ...]]] = {"crmlab": ours}
    try:
        from lifetimes import BetaGeoFitter

        def by_lifetimes(table: pd.DataFrame) -> tuple[float, ...]:
            model = BetaGeoFitter()
            model.fit(table["frequency"], table["recency"], table["T"])
            return tuple(model.params_)

        found["lifetimes"] = by_lifetimes
    except ImportError as error:
        print(f"lifetimes: left out ({error})")
    try:
        from clvkit import BGNBD, CustomerBase

        def by_clvkit(table: pd.DataFrame) -> tuple[float, ...]:
            base = CustomerBase(
                table,
                time_unit="W",
                observation_period_end=pd.Timestamp("2024-01-01"),
                has_monetary=False,
                on_negative="net",
            )
            return tuple(BGNBD().fit(base).params_)

        found["clvkit"] = by_clvkit
    except ImportError as error:
        print(f"clvkit: left out ({error})")
    return found


def compare(title: str, ways: dict[str, Callable[[pd.DataFrame], tuple[float, ...]]], table: pd.DataFrame) -> None:
    """Print a line a way."""
    best = dict.fromkeys(ways, (np.inf, np.inf))
    results: dict[str, tuple[float, ...]] = {}
    for _turn in range(REPEATS):
        for way, fit in ways.items():
            if results.get(way) and best[way][0] > PATIENCE:
                continue
            results[way], *times = timed(lambda fit=fit: fit(table))
            best[way] = (min(best[way][0], times[0]), min(best[way][1], times[1]))
    for way, (clock, cpu) in best.items():
        ratios = " | ".join(f"{one / ours:.1f}" for one, ours in zip((clock, cpu), best["crmlab"], strict=True))
        told = " ".join(f"{value:.4f}" for value in results[way])
        print(f"| {title} | {way} | {clock:.4f} | {cpu:.4f} | {ratios} | {told} |")


def main() -> int:
    """Print the tables."""
    warnings.simplefilter("ignore")
    ways = peers()
    print(described("crmlab", "numpy", "scipy", "pandas", "lifetimes", "clvkit"))
    print(f"Best of {REPEATS}, the ways taking turns.\n")
    print(
        "| model, data | way | seconds | of the processor | times crmlab (clock) | times crmlab (processor) | parameters |"
    )
    print("|---|---|---|---|---|---|---|")
    cdnow = clv.repeat_summary(datasets.load("cdnow"), as_of="1997-09-30", zero_orders="count")
    compare("BG/NBD, CDNOW", ways, cdnow)
    compare("BG/NBD, 100,000 by the week", ways, simulated(100_000, weekly=True))
    compare("BG/NBD, 100,000 continuous", ways, simulated(100_000, weekly=False))

    amounts = cdnow[cdnow["frequency"] > 0]
    spend: dict[str, Callable[[pd.DataFrame], tuple[float, ...]]] = {
        "crmlab": lambda table: clv.fit_gamma_gamma(table).values
    }
    if "lifetimes" in ways:
        from lifetimes import GammaGammaFitter

        def by_lifetimes(table: pd.DataFrame) -> tuple[float, ...]:
            model = GammaGammaFitter()
            model.fit(table["frequency"], table["monetary"])
            return tuple(model.params_)

        spend["lifetimes"] = by_lifetimes
    compare("Gamma-Gamma, CDNOW", spend, amounts)

    churn: dict[str, Callable[[pd.DataFrame], tuple[float, ...]]] = {
        "crmlab": lambda table: clv.fit_pareto_nbd(table).values
    }
    if "lifetimes" in ways:
        from lifetimes import ParetoNBDFitter

        def pareto_by_lifetimes(table: pd.DataFrame) -> tuple[float, ...]:
            model = ParetoNBDFitter()
            model.fit(table["frequency"], table["recency"], table["T"])
            return tuple(model.params_)

        churn["lifetimes"] = pareto_by_lifetimes
    compare("Pareto/NBD, CDNOW", churn, cdnow)
    return 0


if __name__ == "__main__":
    sys.exit(main())
