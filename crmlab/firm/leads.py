"""Who might become a customer: leads with what they said, and last year's deals with what came of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab import qualification
from crmlab.firm import names
from crmlab.firm.people import KINDS
from crmlab.language import _

LEADS, DEALS = 24, 360
LETTERS = ("money", "authority", "need")
HAS = {"money": 0.55, "authority": 0.5, "need": 0.5}
"""How many have it."""
ASKED = 0.82
"""How often the seller heard anything about it."""
CHANCE = {
    "M A N": 0.55,
    "M A n": 0.2,
    "M a N": 0.38,
    "m A N": 0.3,
    "m a N": 0.22,
    "m A n": 0.08,
    "M a n": 0.1,
    "m a n": 0.03,
}
"""The share won of deals of each kind, in truth."""

SAID = {
    ("money", True): (
        _("“Sixty thousand for supplies are in this year's budget; it is signed.”"),
        _("“We pay our present supplier on the fifteenth, every month, and would pay you the same.”"),
        _("“The credit line for the new kitchen has been granted; here is the letter.”"),
    ),
    ("money", False): (
        _("“This year's money is spent; the next budget is made in spring.”"),
        _("“We are three months behind with the supplier that we have.”"),
        _("“The bank has cut our line; at the moment nothing new.”"),
    ),
    ("money", None): (
        _("“Somehow the money has always been found.”"),
        _("“Send me your prices first, then we shall see.”"),
        _("“What do others pay?”"),
    ),
    ("authority", True): (
        _("“I sign the supply contracts myself, up to any amount.”"),
        _("“The house belongs to me and my brother; he cooks, I buy.”"),
        _("“Last year I changed the drinks supplier; nobody had to agree.”"),
    ),
    ("authority", False): (
        _("“I only collect the offers; the owner decides.”"),
        _("“I would have to put that to the headmaster.”"),
        _("“Head office buys for all eleven houses; I run the kitchen.”"),
    ),
    ("authority", None): (
        _("“Here everybody knows me.”"),
        _("“We shall look at it.”"),
        _("“Just leave the papers with me.”"),
    ),
    ("need", True): (
        _("“Four times in May the drinks were not there when the guests were.”"),
        _("“We open a second room in September and have nobody to supply it.”"),
        _("“Our supplier delivers on Mondays only; by Saturday we drive to the market ourselves.”"),
    ),
    ("need", False): (
        _("“The supplier that we have comes every day. I cannot complain.”"),
        _("“We have just signed for two years.”"),
        _("“The storeroom is full till autumn.”"),
    ),
    ("need", None): (
        _("“A price list for the files cannot hurt.”"),
        _("“Interesting, what you do.”"),
        _("“Do you have a catalogue?”"),
    ),
}
"""What was said by those who have money, authority, need; by those who have not; and what tells nothing."""


def made(random: np.random.RandomState) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The leads as the firm sees them (``name``, ``name_zh``, ``kind``, what each said: ``money_said``, ``authority_said``,
    ``need_said``, and ``value``: yuan a year if won), the truth (``money``, ``authority``, ``need``, ``heard_money`` ...: 1, 0, or -1 where
    nothing was heard, ``chance``), both by lead; and last year's deals (``money``, ``authority``, ``need``, ``won``).

    >>> leads, truth, deals = made(np.random.RandomState(5))
    >>> len(leads), len(deals), set(truth["heard_need"]) <= {-1, 0, 1}
    (24, 360, True)
    """
    kinds = [KINDS[at] for at in np.searchsorted([0.45, 0.65, 0.85], random.random_sample(LEADS))]
    called = names.many(random, kinds)
    leads = pd.DataFrame(
        {"name": [one[0] for one in called], "name_zh": [one[1] for one in called], "kind": kinds},
        index=pd.Index([f"L{number:02d}" for number in range(1, LEADS + 1)], name="lead_id"),
    )
    truth = pd.DataFrame(index=leads.index)
    for letter in LETTERS:
        has, asked = random.random_sample(LEADS) < HAS[letter], random.random_sample(LEADS) < ASKED
        which = np.floor(3 * random.random_sample(LEADS)).astype("int64")
        truth[letter] = has
        truth[f"heard_{letter}"] = np.where(asked, has.astype("int64"), -1)
        heard = [None if not known else bool(value) for known, value in zip(asked, has, strict=True)]
        leads[f"{letter}_said"] = [SAID[letter, one][at] for one, at in zip(heard, which, strict=True)]
    leads["value"] = 1000.0 * np.round(np.exp(np.log(45) + 0.55 * random.standard_normal(LEADS)).clip(10, 180))
    truth["chance"] = qualification.label(truth).map(CHANCE).astype("float64")
    deals = pd.DataFrame({letter: random.random_sample(DEALS) < HAS[letter] for letter in LETTERS})
    deals["won"] = random.random_sample(DEALS) < qualification.label(deals).map(CHANCE).to_numpy(dtype="float64")
    return leads, truth, deals


def judged(leads: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """What the firm can make of its notes without knowing the truth: ``combination`` as heard (``?`` where nothing was
    heard), ``chance`` (the share won of last year's deals with the letters that were heard) and ``worth``: chance times value.
    """
    letters = pd.DataFrame(index=leads.index)
    for letter in LETTERS:
        meant = {text: has for (name, has), texts in SAID.items() if name == letter for text in texts}
        letters[letter] = [meant[text] for text in leads[f"{letter}_said"]]
    chances, shown = [], []
    for row in letters.itertuples(index=False):
        like = np.ones(len(deals), dtype=bool)
        for letter, has in zip(LETTERS, row, strict=True):
            if has is not None:
                like &= deals[letter].to_numpy(dtype=bool) == has
        chances.append(float(deals.loc[like, "won"].mean()))
        small = ("m", "a", "n")
        shown.append(
            " ".join("?" if has is None else (s.upper() if has else s) for s, has in zip(small, row, strict=True))
        )
    found = pd.DataFrame({"combination": shown, "chance": chances, "value": leads["value"]}, index=leads.index)
    return found.assign(worth=(found["chance"] * found["value"]).round(0))
