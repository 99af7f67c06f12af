"""A customer list: look at it, check it, find the same customer twice, make one row of several, mask it for others.

:func:`profile` counts what is in each column. :func:`validate` holds a list against rules declared as data (:class:`Rule`).
:func:`duplicates` proposes pairs with a score, :func:`evidence` shows two rows side by side, :func:`against_truth` measures
precision and recall. :func:`groups` and :func:`merge` make one row a customer; :func:`restored` takes it back. :func:`mask` makes a copy that may leave the house.
How cells are read stands in :mod:`crmlab.customers.reading`.
"""

from __future__ import annotations

from crmlab.customers.likeness import jaro, jaro_winkler
from crmlab.customers.masking import hidden_email, hidden_phone, mask, new_key, pseudonym
from crmlab.customers.matching import COMPARE, Compare, against_truth, duplicates, evidence, groups
from crmlab.customers.merging import Merged, merge, restored
from crmlab.customers.profiling import profile
from crmlab.customers.validating import POSTCODES, RULES, Rule, validate

__all__ = [
    "COMPARE",
    "POSTCODES",
    "RULES",
    "Compare",
    "Merged",
    "Rule",
    "against_truth",
    "duplicates",
    "evidence",
    "groups",
    "hidden_email",
    "hidden_phone",
    "jaro",
    "jaro_winkler",
    "mask",
    "merge",
    "new_key",
    "profile",
    "pseudonym",
    "restored",
    "validate",
]
