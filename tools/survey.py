"""The made-up satisfaction survey: how its answers come about, and the truth behind them.

Only ``random.Random.random`` is drawn from, whose stream Python promises to keep: every machine makes the
same file. Every answer is a normal variable rounded to the scale and cut off at its ends, so its true mean
and the true NPS are known exactly (:func:`true_mean`, :func:`true_nps`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from statistics import NormalDist

# Chosen out of some twenty so that segment A looks better than B in the sample; the card says so.
SEED = 2044
CUSTOMERS = 600
OBJECTS = ("idea", "behaviour", "audio_visual", "product", "service", "overall")

REGIONS = {"East": 0.38, "South": 0.27, "North": 0.18, "West": 0.17}
SEGMENTS = {"A": 0.06, "B": 0.24, "C": 0.70}
CHANNELS = {"Small shop": 0.48, "Supermarket": 0.22, "Restaurant": 0.18, "Wholesaler": 0.12}

# What the average customer expects and perceives, on the scale from 1 to 10, before rounding.
EXPECTED = {
    "idea": 7.2,
    "behaviour": 7.6,
    "audio_visual": 6.8,
    "product": 8.2,
    "service": 8.0,
    "overall": 7.8,
}
PERCEIVED = {
    "idea": 7.0,
    "behaviour": 7.4,
    "audio_visual": 6.9,
    "product": 8.0,
    "service": 7.6,
    "overall": 7.5,
}
# What a region adds to the perceived score. The West is served from one far warehouse, and feels it.
REGION_EFFECT = {
    ("West", "service"): -1.7,
    ("West", "overall"): -0.8,
    ("East", "product"): 0.3,
    ("South", "idea"): 0.3,
}
# What a segment adds to the expected score: the largest customers ask for more.
SEGMENT_EXPECTS = {"A": 0.4, "B": 0.1, "C": 0.0}

# Recommendation, 0 to 10. A and B have the same truth: whatever sets them apart in the sample is chance.
RECOMMEND = {"A": 8.2, "B": 8.2, "C": 7.7}
RECOMMEND_REGION = {"West": -0.9}

# Standard deviations, in points of the scale.
MOOD = 0.9  # how far one customer's mood shifts all that he perceives
DEMAND = 0.8  # how far one customer's standards shift all that he expects
NOISE = 1.1  # what is left to the single answer
RECOMMEND_MOOD = 1.2
RECOMMEND_NOISE = 1.4
MISSING_ANSWER = 0.015
MISSING_RECOMMEND = 0.03

# Yearly spend in yuan, spread evenly on a logarithmic scale within the limits that define the segment.
SPEND = {"A": (200_000, 900_000), "B": (50_000, 199_900), "C": (2_000, 49_900)}

COLUMNS = (
    "customer_id",
    "segment",
    "region",
    "channel",
    *(f"{side}_{thing}" for thing in OBJECTS for side in ("expected", "perceived")),
    "recommend",
    "spend",
)


def _latent(side: str, thing: str, region: str, segment: str) -> NormalDist:
    if side == "expected":
        return NormalDist(EXPECTED[thing] + SEGMENT_EXPECTS[segment], (DEMAND**2 + NOISE**2) ** 0.5)
    return NormalDist(PERCEIVED[thing] + REGION_EFFECT.get((region, thing), 0.0), (MOOD**2 + NOISE**2) ** 0.5)


def _latent_recommend(region: str, segment: str) -> NormalDist:
    mean = RECOMMEND[segment] + RECOMMEND_REGION.get(region, 0.0)
    return NormalDist(mean, (RECOMMEND_MOOD**2 + RECOMMEND_NOISE**2) ** 0.5)


def true_mean(side: str, thing: str, region: str | None = None, segment: str | None = None) -> float:
    """The mean answer of an endless survey; ``side`` is "expected" or "perceived", None means all."""
    total = weight = 0.0
    for r, share in REGIONS.items():
        for s, part in SEGMENTS.items():
            if region in (None, r) and segment in (None, s):
                normal = _latent(side, thing, r, s)
                # E(X) of a whole number from 1 to 10 is 1 + the sum of P(X > k), k = 1..9.
                total += share * part * (1 + sum(1 - normal.cdf(k + 0.5) for k in range(1, 10)))
                weight += share * part
    return total / weight


def true_nps(region: str | None = None, segment: str | None = None) -> float:
    """The net promoter score of an endless survey, in points from -100 to 100."""
    total = weight = 0.0
    for r, share in REGIONS.items():
        for s, part in SEGMENTS.items():
            if region in (None, r) and segment in (None, s):
                normal = _latent_recommend(r, s)
                total += share * part * (1 - normal.cdf(8.5) - normal.cdf(6.5))
                weight += share * part
    return 100 * total / weight


def rows(seed: int = SEED) -> list[dict[str, object]]:
    """The survey, one dictionary a customer; a missing answer is an empty text."""
    draw = random.Random(seed).random
    return [_customer(number, draw) for number in range(1, CUSTOMERS + 1)]


def _customer(number: int, draw: Callable[[], float]) -> dict[str, object]:
    def normal() -> float:
        return NormalDist().inv_cdf(min(max(draw(), 1e-12), 1 - 1e-12))

    def pick(shares: dict[str, float]) -> str:
        point, below = draw(), 0.0
        for key, share in shares.items():
            below += share
            if point < below:
                return key
        return key

    def answer(value: float, low: int, high: int, missing: float) -> object:
        return "" if draw() < missing else min(max(int(value + 0.5), low), high)

    segment, region, channel = pick(SEGMENTS), pick(REGIONS), pick(CHANNELS)
    row: dict[str, object] = {"customer_id": f"K{number:03d}"}
    row.update(segment=segment, region=region, channel=channel)
    mood, demand = normal(), normal()
    for thing in OBJECTS:
        for side, shift in (("expected", DEMAND * demand), ("perceived", MOOD * mood)):
            value = _latent(side, thing, region, segment).mean + shift + NOISE * normal()
            row[f"{side}_{thing}"] = answer(value, 1, 10, MISSING_ANSWER)
    value = _latent_recommend(region, segment).mean + RECOMMEND_MOOD * mood + RECOMMEND_NOISE * normal()
    row["recommend"] = answer(value, 0, 10, MISSING_RECOMMEND)
    low, high = SPEND[segment]
    row["spend"] = int(low * (high / low) ** draw() / 100 + 0.5) * 100
    return row


def truth_table() -> str:
    """The truth as the card prints it: a cell is expected / perceived / index, a row a region or segment."""
    groups: list[tuple[str, str | None, str | None]] = [("all", None, None)]
    groups += [(region, region, None) for region in REGIONS]
    groups += [(segment, None, segment) for segment in SEGMENTS]
    table = [f"| truth | {' | '.join(OBJECTS)} | NPS |", "|---" * (len(OBJECTS) + 2) + "|"]
    for label, region, segment in groups:
        cells = [label]
        for thing in OBJECTS:
            expected = true_mean("expected", thing, region, segment)
            perceived = true_mean("perceived", thing, region, segment)
            cells.append(f"{expected:.2f} / {perceived:.2f} / {perceived / expected:.3f}")
        cells.append(f"{true_nps(region, segment):+.1f}")
        table.append(f"| {' | '.join(cells)} |")
    return "\n".join(table)
