"""Checks of what goes into the field modules: columns, numbers, dates, yes-or-no.

All of them raise :class:`InputError`, in the reader's language, with the column, the row and what to do about
it. Rows are named by their index label, so that ``orders.loc[label]`` shows the culprit.
"""

from __future__ import annotations

from crmlab.checks.dates import FIRST_DAY as FIRST_DAY
from crmlab.checks.dates import LAST_DAY as LAST_DAY
from crmlab.checks.dates import UNKNOWN as UNKNOWN
from crmlab.checks.dates import days as days
from crmlab.checks.dates import odd_days as odd_days
from crmlab.checks.dates import timestamps as timestamps
from crmlab.checks.identity import alike as alike
from crmlab.checks.identity import by_column as by_column
from crmlab.checks.identity import by_columns as by_columns
from crmlab.checks.identity import keys as keys
from crmlab.checks.identity import once as once
from crmlab.checks.identity import rows_by as rows_by
from crmlab.checks.numeric import numbers as numbers
from crmlab.checks.numeric import rates as rates
from crmlab.checks.numeric import within as within
from crmlab.checks.numeric import yes_no as yes_no
from crmlab.checks.pairing import aligned as aligned
from crmlab.checks.pairing import features as features
from crmlab.checks.pairing import named as named
from crmlab.checks.refusing import InputError as InputError
from crmlab.checks.refusing import InputWarning as InputWarning
from crmlab.checks.refusing import fail as fail
from crmlab.checks.refusing import warn as warn
from crmlab.checks.single import LARGEST as LARGEST
from crmlab.checks.single import flag as flag
from crmlab.checks.single import mapping as mapping
from crmlab.checks.single import names as names
from crmlab.checks.single import number as number
from crmlab.checks.single import one_of as one_of
from crmlab.checks.single import rate as rate
from crmlab.checks.single import share as share
from crmlab.checks.single import tell_percent as tell_percent
from crmlab.checks.tabular import close_name as close_name
from crmlab.checks.tabular import frame as frame
from crmlab.checks.tabular import is_name as is_name
from crmlab.checks.tabular import need as need
from crmlab.checks.tabular import not_a_result as not_a_result
from crmlab.checks.tabular import series as series
