import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmlab import datasets, pipeline, qualification
from crmlab.checks import InputError


@pytest.fixture(scope="module")
def deals():
    return datasets.load("b2b_deals")


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 10), 0.6075, 1.0),
     ((0, 10, 0, 10), -0.2775, 0.2775), ((6, 7, 2, 7), 0.0582, 0.8062), ((5, 56, 0, 29), -0.0381, 0.1926)],
)  # fmt: skip
def test_newcombes_own_examples(counts, low, high):
    """Table II of Newcombe (1998), method 10."""
    _difference, *ends = pipeline.share_difference(*counts)
    assert ends == pytest.approx([low, high], abs=5e-5)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_difference_turns_round(k, n, j, m):
    k, j = min(k, n), min(j, m)
    d, low, high = pipeline.share_difference(k, n, j, m)
    assert -1 - 1e-12 <= low <= d <= high <= 1 + 1e-12
    assert pipeline.share_difference(j, m, k, n) == pytest.approx((-d, -high, -low))


def test_evidence_of_the_deals(deals):
    table = pipeline.evidence(deals, ["money", "authority", "need", "rfp", "competitors"])
    assert table.loc["need", ["deals_yes", "deals_no"]].tolist() == [420, 28]
    assert (table[["deals_yes", "deals_no", "unknown"]].sum(axis=1) == len(deals)).all()
    money = deals[deals["money"]]["won"]
    assert table.loc["money", "share_yes"] == pytest.approx(money.mean())
    assert table.loc["need", "verdict"] == "helps"
    assert table.loc["competitors", "unknown"] == (deals["competitors"] == "Unknown").sum()
    assert table["difference"].abs().is_monotonic_decreasing
    assert "won" not in pipeline.evidence(deals).index
    assert {"need", "formal_tender"} <= set(pipeline.evidence(deals).index)


def test_evidence_reads_every_kind_of_yes():
    won = [True, True, False, False, None]
    table = pipeline.evidence(
        pd.DataFrame(
            {
                "bool": [True, True, False, False, True],
                "number": [1, 1, 0, 0, 1],
                "text": ["Yes", "Yes", "No", "No", "Yes"],
                "gap": pd.Series([True, True, False, None, True], dtype="boolean"),
                "won": won,
            }
        ),
        ["bool", "number", "text", "gap"],
    )
    assert table["difference"].tolist() == [1, 1, 1, 1]
    assert table.loc["gap", "unknown"] == 1
    assert table.attrs["left_out"] == {"deals_without_result": 1}
    ja = pd.DataFrame({"tender": ["ja", "nein"], "won": [1, 0]})
    assert pipeline.evidence(ja, ["tender"], yes="ja", no="nein")["deals_yes"].tolist() == [1]


def test_small_cells_are_drawn_to_the_middle(deals):
    table = pipeline.chances(deals)
    overall = 227 / 448
    assert table.loc["M a N", "share"] == pytest.approx(9 / 11)
    assert table.loc["M a N", "chance"] == pytest.approx((9 + 10 * overall) / 21)
    assert table.loc["M a n", "chance"] == pytest.approx(overall)  # no deals at all
    moved = (table["chance"] - table["share"]).abs()
    assert moved["m a n"] > moved["M a N"] > moved["M A N"]
    assert table.attrs["strength"] == 10
    raw = pipeline.chances(deals, rule="none")
    assert raw["chance"].equals(raw["share"].rename("chance"))
    own = qualification.win_rates(deals)
    assert raw["low"].dropna().tolist() == pytest.approx(own["low"].dropna().tolist())


def test_interval_of_a_chance_is_the_betas(deals):
    row = pipeline.chances(deals).loc["M A N"]
    a, b = 107 + 10 * 227 / 448, 89 + 10 * 221 / 448
    assert [row["low"], row["high"]] == pytest.approx(stats.beta.ppf([0.025, 0.975], a, b))


def test_strength_by_maximum_likelihood():
    rng = np.random.default_rng(4)
    rate = rng.beta(12 * 0.4, 12 * 0.6, 400)
    n = rng.integers(10, 60, 400)
    k = rng.binomial(n, rate)
    past = pd.DataFrame(
        {
            "cell": np.repeat(np.arange(400), n),
            "won": np.concatenate([[1] * a + [0] * (b - a) for a, b in zip(k, n, strict=True)]),
        }
    )
    found = pipeline.chances(past, by="cell", rule="beta_binomial")
    assert 9 < found.attrs["strength"] < 16
    p, s = found.attrs["overall"], found.attrs["strength"]

    def likelihood(strength):
        return stats.betabinom.logpmf(k, n, strength * p, strength * (1 - p)).sum()

    assert likelihood(s) >= max(likelihood(0.98 * s), likelihood(1.02 * s))
    errors = [((found[column].to_numpy() - rate) ** 2).mean() for column in ("chance", "share")]
    assert errors[0] < errors[1]


def test_cells_that_differ_by_chance_alone_get_one_chance():
    past = pd.DataFrame({"cell": np.repeat(list("abcd"), 20), "won": [1, 0] * 40})
    found = pipeline.chances(past, by="cell", rule="beta_binomial")
    assert np.isinf(found.attrs["strength"])
    assert found["chance"].tolist() == [0.5] * 4
    assert found["low"].nunique() == 1
    assert found.loc["a", "low"] == pytest.approx(0.393, abs=0.001)  # Wilson, 40 of 80


def test_nothing_but_wins_is_no_certainty():
    past = pd.DataFrame({"cell": list("aabbc"), "won": True})
    found = pipeline.chances(past, by="cell")
    assert found["chance"].tolist() == [1, 1, 1]
    assert found["low"].tolist() == pytest.approx([0.5655] * 3, abs=1e-4)  # Wilson, 5 of 5


def test_a_pipeline_scored(deals):
    now = deals.head(40).drop(columns="won").assign(amount=np.arange(40) * 100.0)
    table = pipeline.score(now, deals)
    assert len(table) == 40
    assert table["expected_value"].is_monotonic_decreasing
    assert table["expected_value"].tolist() == pytest.approx((table["chance"] * table["amount"]).tolist())
    total = table.attrs["total"]
    assert total["expected"] == pytest.approx(table["expected_value"].sum())
    assert total["sd"] == pytest.approx(np.sqrt((table["amount"] ** 2 * table["chance"] * (1 - table["chance"])).sum()))
    by_client = pipeline.score(now, deals, by=["client", "need"])
    assert by_client["chance"].notna().all()


def test_a_cell_without_history_gets_the_overall_rate():
    past = pd.DataFrame({"source": ["web", "web", "fair", "fair"], "won": [1, 0, 1, 1]})
    now = pd.DataFrame({"source": ["web", "agent"], "amount": [100.0, 100.0]})
    table = pipeline.score(now, past, by="source")
    assert table.set_index("source").loc["agent", ["cell_deals", "chance"]].tolist() == [0, 0.75]
    raw = pipeline.score(now, past, by="source", rule="none")
    assert np.isnan(raw.set_index("source").loc["agent", "chance"])
    assert raw.attrs["total"]["expected"] == 50


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=2, max_size=30),
    st.randoms(use_true_random=False),
)
def test_chances_do_not_mind_the_order(rows, random):
    frame = pd.DataFrame(rows, columns=["cell", "won"])
    random.shuffle(rows)
    again = pd.DataFrame(rows, columns=["cell", "won"])
    for rule in pipeline.RULES:
        one, two = (pipeline.chances(data, by="cell", rule=rule) for data in (frame, again))
        pd.testing.assert_frame_equal(one, two)
        assert one["chance"].between(0, 1).all()


def test_the_five_needs():
    assert qualification.NEEDS.index.tolist() == ["stated", "real", "unstated", "delight", "secret"]
    assert qualification.NEEDS[["name", "meaning", "example"]].map(bool).all().all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: pipeline.evidence(d.drop(columns="won")), "no column 'won'"),
        (lambda d: pipeline.evidence(d, ["product"]), "holds neither 'Yes' nor 'No' but Product"),
        (lambda d: pipeline.evidence(d[["product", "won"]]), "No column holds yes and no"),
        (lambda d: pipeline.evidence(d.assign(won=None)), "No deal has a result"),
        (lambda d: pipeline.chances(d, rule="bayes"), "rule must be one of pseudo_deals"),
        (lambda d: pipeline.chances(d, pseudo_deals=-1), "pseudo_deals must be a number from 0"),
        (lambda d: pipeline.score(d, d), "no column 'amount'"),
        (lambda d: pipeline.score(d.assign(amount=-1), d), "below 0"),
        (
            lambda d: pipeline.score(d.assign(amount=1, client=None), d.assign(client="New"), by="client"),
            "the cell is empty",
        ),
        (lambda d: pipeline.share_difference(3, 2, 1, 2), "more successes"),
    ],
)
def test_bad_input_is_told(deals, call, words):
    with pytest.raises(InputError, match=words):
        call(deals)
