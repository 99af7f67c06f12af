"""A firm for who has no file of their own: made up by :mod:`crmlab.firm` from another seed than the capstone's, as the exports it would make.

Each export is what :func:`crmlab.own.read` would find in the firm's file; :func:`files` writes these files. What :mod:`crmlab.firm` does
not have (articles, opinions on five objects, Kano pairs) comes from :mod:`crmlab.firm.articles` and :mod:`crmlab.firm.wishes`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from crmlab import checks, firm
from crmlab.firm import articles, wishes
from crmlab.language import _, current
from crmlab.own.export import Export, Plan
from crmlab.own.said import Said

HOLDS = {"orders": "lines", "lines": "lines", "survey": "survey", "complaints": "complaints"}
"""Which kind of export is made for each name."""

_HEADINGS = {
    "order": ("Order no.", "订单号"),
    "date": ("Date", "日期"),
    "customer": ("Customer no.", "客户编号"),
    "name": ("Customer name", "客户名称"),
    "region": ("Region", "区域"),
    "item": ("Article", "商品名称"),
    "quantity": ("Quantity", "数量"),
    "amount": ("Amount (yuan)", "金额（元）"),
    "recommend": ("Would you recommend us? (0-10)", "推荐意愿（0-10）"),
    "complaint": ("Complaint no.", "投诉编号"),
    "reason": ("Complaint reason", "投诉原因"),
    "claim": ("Amount at stake (yuan)", "涉及金额（元）"),
    "closed": ("Settled on", "解决日期"),
    "settled": ("Outcome", "处理结果"),
}
_ORDER = {
    "lines": ("order", "date", "customer", "name", "region", "item", "quantity", "amount"),
    "complaints": ("complaint", "date", "customer", "name", "reason", "claim", "closed", "settled"),
}
"""The columns of the files, in their order."""


def seed_of(seed: int) -> int:
    """The seed of the sandbox firm that belongs to a class's seed: another than that of the class's own firm.

    >>> seed_of(7) == seed_of(7), seed_of(7) in (7, seed_of(8))
    (True, False)
    """
    return zlib.crc32(f"sandbox {int(checks.number(seed, 'seed', low=0, whole=True))}".encode())


@lru_cache(maxsize=4)
def company(seed: int = 0) -> firm.Firm:
    """The made-up firm behind the exports of a seed."""
    return firm.make(seed_of(seed))


def name(seed: int = 0) -> str:
    """Its name, in the language in force."""
    one = company(seed)
    return one.name_zh if current() == "zh" else one.name


def export(kind: str, seed: int = 0) -> Export:
    """What the sandbox firm's file holds: "orders" (order lines, with articles), "survey" or "complaints". Names and articles are in the
    language in force; all else follows from ``seed``. The tables are made once: change a copy.

    Raises :class:`~crmlab.checks.InputError` for another kind.

    >>> one = export("orders", 7)
    >>> one.kind, one.rows == len(one.table), round(one.table["amount"].sum()) == round(company(7).orders["amount"].sum())
    ('lines', True, True)
    """
    checks.one_of(kind, "kind", list(HOLDS))
    return _made(HOLDS[kind], seed, current() == "zh")


@lru_cache(maxsize=12)
def _made(kind: str, seed: int, chinese: bool) -> Export:
    one = company(seed)
    table = {"lines": _lines, "survey": _survey, "complaints": _complaints}[kind](one, chinese)
    table.index = pd.RangeIndex(2, len(table) + 2)  # as in its file, below one line of headings
    columns = {"name": "name_zh" if chinese else "name", "region": "district"}
    known = one.customers.loc[sorted(set(table["customer"]))]
    contacts = pd.DataFrame({name: known[column] for name, column in columns.items()}).rename_axis("customer")
    contacts["region"] = contacts["region"].map(lambda one: _DISTRICTS[one][chinese])
    order = _ORDER.get(kind, tuple(map(str, table.columns)))
    roles = {_heading(column, chinese, kind): _role(column, kind) for column in order}
    guesses = pd.DataFrame(
        {"role": list(roles.values()), "certainty": 1.0}, index=pd.Index(list(roles), name="heading")
    )
    guesses["why"] = Said(_("made up: nothing had to be guessed"))
    shown = _sheet(table, contacts, order)
    guesses["examples"] = [[str(cell) for cell in shown[column].iloc[:3]] for column in shown]
    return Export(
        file=Path(_FILES[kind][chinese]),
        kind=kind,
        table=table,
        contacts=contacts,
        guesses=guesses,
        plan=Plan(kind=kind, roles=roles),
        rows=len(table),
        notes=(Said(_("a made-up firm: {name}"), name=one.name_zh if chinese else one.name),),
        currency="CNY",
    )


_OBJECTS = {
    "overall": ("Overall", "总体"),
    "idea": ("Idea", "理念"),
    "behaviour": ("Behaviour", "行为"),
    "audio_visual": ("Look and sound", "视听"),
    "product": ("Product", "产品"),
    "service": ("Service", "服务"),
}
_SIDES = {
    "expected": ("expected", "期望"),
    "perceived": ("perceived", "感知"),
    "functional": ("if it were there", "如果有"),
    "dysfunctional": ("if it were not there", "如果没有"),
}
"""The two halves of a question, as the headings of the file have them."""
_DISTRICTS = {
    "North": ("North", "北区"),
    "South": ("South", "南区"),
    "East": ("East", "东区"),
    "West": ("West", "西区"),
}
_REASONS = {
    "late": ("late", "送货迟到"),
    "wrong goods": ("wrong goods", "送错货"),
    "wrong bill": ("wrong bill", "账单有误"),
    "rude": ("rude", "态度不好"),
}
_OUTCOMES = {"well": ("satisfied", "满意"), "badly": ("not satisfied", "不满意")}
_FILES = {
    "lines": ("order-lines.xlsx", "订单明细.xlsx"),
    "survey": ("survey.xlsx", "满意度调查.xlsx"),
    "complaints": ("complaints.csv", "投诉记录.csv"),
}


def _lot(one: firm.Firm, number: int) -> np.random.RandomState:
    return np.random.RandomState([one.seed, 900 + number])


def _lines(one: firm.Firm, chinese: bool) -> pd.DataFrame:
    made = articles.lines(one.orders, one.customers["kind"], _lot(one, 1))
    names = articles.ARTICLES["name_zh" if chinese else "name"]
    return pd.DataFrame(
        {
            "customer": made["customer_id"].astype("object"),
            "order": made["invoice"].astype(str).astype("object"),
            "date": made["date"].astype("datetime64[ns]"),
            "item": made["item"].map(names).astype("object"),
            "quantity": made["quantity"].astype("float64"),
            "amount": made["amount"].astype("float64"),
        }
    )


def _survey(one: firm.Firm, chinese: bool) -> pd.DataFrame:
    answers, lot = one.survey, _lot(one, 2)
    parts = [wishes.objects(answers, lot), wishes.pairs(answers.index, lot)]
    days = pd.Timestamp("2025-03-31") - pd.to_timedelta(np.floor(14 * lot.random_sample(len(answers))), unit="D")
    made = pd.concat([answers["recommend"], *parts], axis=1)
    made.insert(0, "customer", answers.index.astype("object"))
    made.insert(1, "date", pd.DatetimeIndex(days).astype("datetime64[ns]"))
    whole = answers.rename(columns={"expected": "expected_overall", "perceived": "perceived_overall"})
    made.insert(2, "expected_overall", whole["expected_overall"])
    made.insert(3, "perceived_overall", whole["perceived_overall"])
    about = {column: _about(str(column), chinese) for column in made}
    return made.rename(columns=about).reset_index(drop=True)


def _about(column: str, chinese: bool) -> str:
    """The column of an export for one of the survey: what was asked about, in the language of the file."""
    side, _line, what = column.partition("_")
    if side not in _SIDES:
        return column
    return f"{side}:{(wishes.FUNCTIONS[what] if what in wishes.FUNCTIONS else _OBJECTS[what])[chinese]}"


def _complaints(one: firm.Firm, chinese: bool) -> pd.DataFrame:
    said = one.complaints
    closed = (said["date"] + pd.to_timedelta(said["days"], unit="D")).astype("datetime64[ns]")
    over = closed <= pd.Timestamp(firm.TODAY)  # what is settled only later is open in the file of today
    return pd.DataFrame(
        {
            "complaint": said.index.astype("object"),
            "customer": said["customer_id"].astype("object"),
            "date": said["date"].astype("datetime64[ns]"),
            "reason": said["reason"].map(lambda key: _REASONS[key][chinese]).astype("object"),
            "claim": said["claim"].astype("float64"),
            "closed": closed.where(over),
            "settled": said["settled"]
            .map(lambda key: _OUTCOMES[key][chinese] if key in _OUTCOMES else None)
            .astype("object")
            .where(over, None),
        }
    ).reset_index(drop=True)


# -- as files ----------------------------------------------------------------------------------------------------------


def files(seed: int, folder: Path, kinds: Iterable[str] = ("orders", "survey", "complaints")) -> dict[str, Path]:
    """The exports as a firm would send them, written into ``folder``: order lines and survey as workbooks, complaints as a text file,
    headings in the language in force. By kind; :func:`crmlab.own.read` reads them back.

    Raises ``OSError`` if the folder cannot be written, :class:`~crmlab.checks.InputError` for another kind.
    """
    chinese = current() == "zh"
    written = {}
    for kind in kinds:
        made = export(kind, seed)
        sheet = _sheet(made.table, made.contacts, _ORDER.get(made.kind, tuple(map(str, made.table.columns))))
        sheet = sheet.rename(columns={column: _heading(column, chinese, made.kind) for column in sheet})
        path = written[kind] = folder / made.file.name
        if path.suffix == ".csv":
            sheet.to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")
        else:
            _workbook(sheet, path)
    return written


def _sheet(table: pd.DataFrame, contacts: pd.DataFrame, order: Iterable[str]) -> pd.DataFrame:
    """The table with the columns of the file, in their order."""
    known = contacts.reindex(table["customer"])
    return table.assign(name=known["name"].to_numpy(), region=known["region"].to_numpy())[list(order)]


def _role(column: str, kind: str) -> str:
    """What a column is, as the vocabulary of :mod:`crmlab.own` calls it."""
    side = column.partition(":")[0]
    dates = {"survey": "answered", "complaints": "received"}
    return {
        "customer": "customer_number",
        "name": "customer",
        "date": dates.get(kind, "date"),
        "settled": "outcome",
    }.get(side, side)


def _heading(column: str, chinese: bool, kind: str = "") -> str:
    if column == "date" and kind == "complaints":
        return "受理日期" if chinese else "Received on"
    if column in _HEADINGS:
        return _HEADINGS[column][chinese]
    side, _colon, what = column.partition(":")
    return f"{what} - {_SIDES[side][chinese]}"


def _workbook(sheet: pd.DataFrame, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(list(sheet.columns))
    days = [place for place, kind in enumerate(sheet.dtypes) if pd.api.types.is_datetime64_any_dtype(kind)]
    for row in sheet.itertuples(index=False):
        page.append(
            [None if pd.isna(cell) else cell.date() if place in days else cell for place, cell in enumerate(row)]
        )
    book.save(path)
