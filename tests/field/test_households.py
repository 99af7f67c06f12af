"""The notebook, what then happens, and rules of delivery."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import checks, households, visits

seeds = st.integers(0, 10_000)


@given(seed=seeds, count=st.integers(1, 40))
def test_a_notebook_can_be_used(seed: int, count: int) -> None:
    book = households.notebook(count, seed=seed)
    noted = visits.run_out(book)
    assert len(book) == count
    assert (noted["run_out"] >= pd.Timestamp(households.START) + pd.Timedelta(days=3)).all()
    assert (noted["daily"] * 30).round(6).tolist() == book["monthly"].round(6).tolist()
    pd.testing.assert_frame_equal(book, households.notebook(count, seed=seed))


@given(seed=seeds, ahead=st.integers(0, 3))
def test_who_eats_as_noted_is_served_by_the_calendar(seed: int, ahead: int) -> None:
    """With a notebook that is right, the trips are those of :func:`visits.calendar`, and no jar is empty."""
    book = households.notebook(6, seed=seed)
    trips = households.deliver(book, households.needs(book, days=40, error=0, swing=0), ahead=ahead)
    plan = visits.calendar(book, households.START, days=40, ahead=ahead)
    plan = plan[plan["what"] == "deliver"]
    key = ["household", "day"]
    left, right = (table.sort_values(key).reset_index(drop=True) for table in (trips, plan))
    assert left[key].astype(str).equals(right[key].astype(str))
    assert left["kg"].to_numpy() == pytest.approx(right["kg"].to_numpy(), abs=1e-6)
    assert trips["empty_days"].eq(0).all()
    assert trips["elsewhere"].to_numpy() == pytest.approx(0, abs=1e-6)


@given(seed=seeds, ahead=st.integers(0, 3), learn=st.booleans(), asked=st.booleans())
def test_what_goes_into_the_jar_is_eaten_or_left(seed: int, ahead: int, learn: bool, asked: bool) -> None:
    book = households.notebook(5, seed=seed)
    events = households.happenings(book, days=40, seed=seed)
    eaten = households.needs(book, events, days=40, seed=seed)
    trips = households.deliver(book, eaten, ahead=ahead, learn=learn, told=events if asked else None)
    jars = book.set_index("household")
    for name, rows in trips.groupby("household"):
        assert (rows["kg"] + rows["left"]).to_numpy() == pytest.approx(jars.at[name, "jar"])
        assert ((rows["empty_days"] > 0) == (rows["elsewhere"] > 1e-9)).all()
        until = eaten.index < rows["day"].max()
        since = eaten.index >= jars.at[name, "last_delivery"]
        assert rows["kg"].sum() + rows["elsewhere"].sum() == pytest.approx(eaten.loc[until & since, name].sum())


@given(seed=seeds)
def test_asked_about_everything_and_eating_as_noted_no_jar_is_empty(seed: int) -> None:
    book = households.notebook(6, seed=seed)
    events = households.happenings(book, days=40, seed=seed).assign(told=True)
    eaten = households.needs(book, events, days=40, error=0, swing=0)
    assert households.deliver(book, eaten, told=events)["empty_days"].sum() == 0


def test_assumptions_hold_in_the_long_run() -> None:
    """The figures that the docstring names."""
    book = pd.concat([households.notebook(500, seed=seed) for seed in range(4)], ignore_index=True)
    book["household"] = [str(i) for i in range(len(book))]
    events = households.happenings(book, seed=1)
    feast = pd.Timestamp(households.FEAST[0])
    holiday = events[(events["first"] == feast) & (events["what"] == "away")]
    assert len(holiday) / len(book) == pytest.approx(1 / 3, abs=0.04)
    assert (events["what"] == "baby").mean() * len(events) / len(book) == pytest.approx(0.05, abs=0.02)
    assert (events["what"] == "ill").mean() * len(events) / len(book) == pytest.approx(0.15, abs=0.03)
    assert set(events.loc[~events["told"], "what"]) == {"ill"}
    eaten = households.needs(book, days=60, seed=1)
    ratio = eaten.tail(60).mean().to_numpy() / visits.run_out(book)["daily"].to_numpy()
    assert ratio.mean() == pytest.approx(1, abs=0.02)


def test_refusals() -> None:
    book = households.notebook(3, seed=1)
    eaten = households.needs(book, days=10)
    with pytest.raises(checks.InputError, match="same households"):
        households.deliver(book, eaten.iloc[:, ::-1])
    stranger = pd.DataFrame(
        [("9-999", "guests", "2025-09-16", "2025-09-17", 1, True)],
        columns=["household", "what", "first", "last", "people", "told"],
    )
    with pytest.raises(checks.InputError, match="9-999"):
        households.needs(book, stranger)
    for bad in (0, -1, 501, 2.5):
        with pytest.raises(checks.InputError):
            households.notebook(bad)
    with pytest.raises(checks.InputError, match="jar"):
        households.happenings(book.drop(columns="jar"))
    with pytest.raises(checks.InputError):
        households.deliver(book, eaten, ahead=-1)
    with pytest.raises(checks.InputError):
        households.needs(book, swing=-0.1)
    events = households.happenings(book, seed=1)
    for wrong in (
        events.drop(columns="first"),
        events.assign(people="two"),
        events.assign(people=float("nan")),
        events.assign(first=events["last"], last=events["first"] - pd.Timedelta(days=1)),
        [1],
    ):
        with pytest.raises(checks.InputError):
            households.needs(book, wrong)
    for wrong in (events.drop(columns="told"), events.assign(told="yes"), [1]):
        with pytest.raises(checks.InputError):
            households.deliver(book, eaten, told=wrong)
    for wrong in (
        eaten.iloc[:0],
        eaten.tail(3),
        eaten.iloc[::-1],
        eaten.drop(eaten.index[4]),
        -eaten,
        eaten * float("nan"),
        [1],
    ):
        with pytest.raises(checks.InputError):
            households.deliver(book, wrong)
    with pytest.raises(checks.InputError, match="learn"):
        households.deliver(book, eaten, learn="no")


def test_a_start_before_the_notebook_does_not_move_the_events() -> None:
    book = households.notebook(6, seed=1)
    events = households.happenings(book, days=40, seed=1).assign(told=True)
    eaten = households.needs(book, events, days=40, error=0, swing=0)
    early = households.deliver(book, eaten, start="2025-08-01", told=events)
    assert early["empty_days"].sum() == 0
    pd.testing.assert_frame_equal(
        early, households.deliver(book, eaten, start=book["last_delivery"].min(), told=events)
    )
