"""The Kano and SERVQUAL surveys and the complaints: the cards say what the files hold, and the truth is the truth."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from crmlab import datasets, kano, servqual

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
if (ROOT / "tools").is_dir():
    from tools import kano_survey, servqual_survey


def test_what_the_complaints_card_says():
    data = datasets.load("cfpb_complaints")
    assert len(data) == 3186
    assert "zip" not in "".join(data.columns).lower()
    assert (~data["timely"]).sum() == 93
    assert (data["disputed"].notna().sum(), (data["disputed"] == "Yes").sum()) == (3129, 595)
    assert round(595 / 3129, 3) == 0.190
    gone = data[data["disputed"].isna()]["response"].value_counts()
    assert (gone["Untimely response"], gone["In progress"]) == (26, 3)
    assert data.drop(columns="complaint").duplicated().sum() == 20
    months = data["received"].dt.strftime("%Y-%m")
    assert months.isin(["2016-01", "2016-02"]).sum() == 2783
    assert (data["sent"] < data["received"]).sum() == 6
    assert (data["response"] == "Untimely response").sum() == 26


def test_what_the_kano_card_says():
    survey = datasets.load("kano_survey")
    answers = survey.drop(columns=["customer_id", "segment"])
    assert (answers.isna().sum().sum(), answers.isna().any(axis=1).sum()) == (40, 37)
    tally = kano.counts(survey)
    assert (tally.loc["app", "A"], tally.loc["app", "n"]) == (84, 235)
    assert (tally.loc["credit", "M"], tally.loc["credit", "O"]) == (78, 76)
    by = kano.counts(survey, ["app"], by="segment").droplevel("feature")
    assert (by.loc["Shop", "A"], by.loc["Shop", "n"], by.loc["Restaurant", "M"], by.loc["Restaurant", "n"]) == (
        64,
        130,
        44,
        85,
    )
    assert (survey["segment"] == "Wholesaler").sum() == 20


def test_what_the_servqual_card_says():
    survey = datasets.load("servqual_survey")
    answers = survey[[f"{side}{k}" for side in "ep" for k in servqual.ITEMS.index]]
    assert (answers.isna().sum().sum(), answers.isna().any(axis=1).sum()) == (87, 76)
    short = {
        branch: round(servqual.by_dimension(part).loc["reliability", "gap"], 2)
        for branch, part in survey.groupby("branch")
    }
    assert short == {"Centre": -0.83, "Harbour": -1.87, "Hill": -0.87}
    empathy = survey[[f"p{k}" for k in range(18, 23)]]
    assert round(servqual.cronbach_alpha(empathy).alpha, 2) == 0.67
    assert round(servqual.alpha_without(empathy).loc["p22", "alpha"], 2) == 0.78
    assert (survey.filter(like="weight_").sum(axis=1) == 100).all()


def test_the_truth_stands_on_the_cards():
    assert "\n\n" + kano_survey.truth_table() in datasets.card("kano_survey")
    assert "\n\n" + servqual_survey.truth_table() in datasets.card("servqual_survey")


def test_the_samples_lie_where_their_truth_says():
    tally = kano.counts(datasets.load("kano_survey"), by="segment")
    for (segment, feature), row in tally.iterrows():
        for letter, share in kano_survey.true_shares(feature, segment).items():
            error = (max(share, 0.02) * (1 - share) / row["n"]) ** 0.5
            assert abs(row[letter] / row["n"] - share) < 4.5 * error, (segment, feature, letter)
    for branch, part in datasets.load("servqual_survey").groupby("branch"):
        found = servqual.by_dimension(part)
        for dimension, row in found.iterrows():
            for side, column in (("e", "expected"), ("p", "perceived")):
                assert abs(row[column] - servqual_survey.true_mean(side, dimension, branch)) < 4 / row["n"] ** 0.5


def test_the_truth_is_what_an_endless_survey_gives():
    draw = kano_survey.random.Random(5).random
    many = pd.DataFrame([kano_survey._customer(number, draw) for number in range(8000)])
    tally = kano.counts(many.mask(many == ""))
    for feature, row in kano.better_worse(tally).iterrows():
        assert (row["better"], row["worse"]) == pytest.approx(kano_survey.true_coefficients(feature), abs=0.025)
    draw = servqual_survey.random.Random(5).random
    many = pd.DataFrame([servqual_survey._customer(number, draw) for number in range(6000)])
    many = many.mask(many == "")
    found = servqual.by_dimension(many[many["branch"] == "Centre"])
    for dimension, row in found.iterrows():
        assert row["alpha_expected"] == pytest.approx(servqual_survey.true_alpha("e", dimension), abs=0.03)
        assert row["alpha_perceived"] == pytest.approx(servqual_survey.true_alpha("p", dimension), abs=0.03)
        assert row["perceived"] == pytest.approx(servqual_survey.true_mean("p", dimension, "Centre"), abs=0.06)
