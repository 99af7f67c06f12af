"""Make the files in datasets/ from the raw files named on their cards.

    python tools/build_datasets.py --from RAW            all of them
    python tools/build_datasets.py --only satisfaction_survey

RAW holds a folder a source, such as ``online_retail/online_retail.parquet`` (converted from .rda) and
``b2b_deals/b2b_deals.csv``: the cards say where they are from. A second run gives the same bytes. The cards are written by hand, but for
``rows`` and ``sha256``, which are filled in here.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import customer_list, kano_survey, servqual_survey, survey

DATASETS = Path(__file__).resolve().parent.parent / "datasets"

ONLINE_RETAIL = {
    "InvoiceNo": "invoice",
    "StockCode": "stock_code",
    "Quantity": "quantity",
    "InvoiceDate": "date",
    "UnitPrice": "unit_price",
    "CustomerID": "customer_id",
    "Country": "country",
}
B2B_DEALS = {
    "Product": "product",
    "Seller": "seller",
    "Authority": "authority_level",
    "Comp_size": "company_size",
    "Competitors": "competitors",
    "Purch_dept": "purchasing_department",
    "Partnership": "partnership",
    "Budgt_alloc": "budget_allocated",
    "Forml_tend": "formal_tender",
    "RFI": "rfi",
    "RFP": "rfp",
    "Growth": "growth",
    "Posit_statm": "positive_statement",
    "Source": "source",
    "Client": "client",
    "Scope": "scope",
    "Strat_deal": "strategic_deal",
    "Cross_sale": "cross_sale",
    "Up_sale": "up_sale",
    "Deal_type": "deal_type",
    "Needs_def": "needs_defined",
    "Att_t_client": "attention_to_client",
    "Status": "status",
}

TELCO = {
    "customerID": "customer_id",
    "gender": "gender",
    "SeniorCitizen": "senior",
    "Partner": "partner",
    "Dependents": "dependents",
    "tenure": "tenure",
    "PhoneService": "phone",
    "MultipleLines": "multiple_lines",
    "InternetService": "internet",
    "OnlineSecurity": "online_security",
    "OnlineBackup": "online_backup",
    "DeviceProtection": "device_protection",
    "TechSupport": "tech_support",
    "StreamingTV": "streaming_tv",
    "StreamingMovies": "streaming_movies",
    "Contract": "contract",
    "PaperlessBilling": "paperless_billing",
    "PaymentMethod": "payment_method",
    "MonthlyCharges": "monthly_charges",
    "TotalCharges": "total_charges",
    "Churn": "churned",
}

CFPB = {
    "Date received": "received",
    "Date sent to company": "sent",
    "Product": "product",
    "Sub-product": "sub_product",
    "Issue": "issue",
    "Sub-issue": "sub_issue",
    "Company": "company",
    "State": "state",
    "Consumer consent provided?": "consent",
    "Submitted via": "channel",
    "Company response to consumer": "response",
    "Timely response?": "timely",
    "Consumer disputed?": "disputed",
}


def _decimal(thousandths: int) -> str:
    """An amount as short text: 2550 -> "2.55", 1000 -> "1", -1 -> "-0.001"."""
    pounds, rest = divmod(abs(thousandths), 1000)
    text = f"{pounds}.{rest:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if thousandths < 0 else text


def _retail(raw: Path) -> pd.DataFrame:
    """The 541,909 lines in file order; money in whole thousandths of a pound, so that sums are exact."""
    lines = pd.read_parquet(raw / "online_retail" / "online_retail.parquet", columns=list(ONLINE_RETAIL))
    lines = lines.rename(columns=ONLINE_RETAIL)
    lines["unit_price"] = (lines["unit_price"] * 1000).round().astype("int64")
    lines["quantity"] = lines["quantity"].astype("int64")
    return lines


def _invoices(lines: pd.DataFrame) -> pd.DataFrame:
    """One row an invoice, dated by its first line (43 invoices were keyed in over a change of minute)."""
    heads = lines.drop_duplicates("invoice")[["invoice", "date", "customer_id", "country"]].copy()
    heads["date"] = heads["date"].dt.strftime("%Y-%m-%d %H:%M")
    return heads.sort_values(["date", "invoice"])


def online_retail_invoices(raw: Path) -> pd.DataFrame:
    """The heads of all 25,900 invoices."""
    return _invoices(_retail(raw))


def online_retail_lines(raw: Path) -> pd.DataFrame:
    """All lines, without what the invoice head says already: whole they would be 3.4 MB."""
    lines = _retail(raw)[["invoice", "stock_code", "quantity", "unit_price"]]
    short = {price: _decimal(price) for price in lines["unit_price"].unique()}
    return lines.assign(unit_price=lines["unit_price"].map(short))


def online_retail_orders(raw: Path) -> pd.DataFrame:
    """One row an invoice of a known customer, with its net amount."""
    lines = _retail(raw)
    lines = lines[lines["customer_id"].notna()].assign(amount=lines["quantity"] * lines["unit_price"])
    by = lines.groupby("invoice")
    sums = pd.DataFrame({"lines": by.size(), "units": by["quantity"].sum(), "amount": by["amount"].sum()})
    orders = _invoices(lines).join(sums, on="invoice")
    return orders.assign(amount=orders["amount"].map(_decimal))


def b2b_deals(raw: Path) -> pd.DataFrame:
    """The 448 deals as given, with an id in file order and the three questions of MAN answered."""
    path = raw / "b2b_deals" / "b2b_deals.csv"
    deals = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")[list(B2B_DEALS)]
    deals = deals.rename(columns=B2B_DEALS)
    deals.insert(0, "deal", [f"D{number:03d}" for number in range(1, len(deals) + 1)])
    return deals.assign(
        money=deals["budget_allocated"] == "Yes",
        authority=deals["authority_level"].isin(["Mid", "High"]),
        need=deals["needs_defined"] == "Yes",
        won=deals["status"] == "Won",
    )


def cdnow(raw: Path) -> pd.DataFrame:
    """The 6,919 orders of the 1/10 sample; of the two customer numbers the one within the sample."""
    names = ["master_id", "customer_id", "date", "units", "amount"]
    orders = pd.read_csv(raw / "cdnow" / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names, dtype=str)
    orders["date"] = orders["date"].str.replace(r"(....)(..)(..)", r"\1-\2-\3", regex=True)
    orders["customer_id"] = orders["customer_id"].astype("int64")
    return orders.drop(columns="master_id")


def telco_churn(raw: Path) -> pd.DataFrame:
    """The 7,043 customers as given; blank total charges (nobody billed yet) are empty."""
    path = raw / "telco_churn" / "Telco-Customer-Churn.csv.gz"
    customers = pd.read_csv(path, dtype=str, keep_default_na=False)[list(TELCO)].rename(columns=TELCO)
    return customers.assign(
        senior=customers["senior"] == "1",
        total_charges=customers["total_charges"].str.strip(),
        churned=customers["churned"] == "Yes",
    )


def grocery_baskets(raw: Path) -> pd.DataFrame:
    """One row a basket and category of the Complete Journey sample, sorted; baskets numbered in the order of their ids."""
    folder = raw / "completejourney"
    lines = pd.read_parquet(folder / "transactions_sample.parquet", columns=["household_id", "basket_id", "product_id"])
    products = pd.read_parquet(folder / "products.parquet", columns=["product_id", "product_category"])
    rows = lines.merge(products, on="product_id", how="left", validate="many_to_one")
    rows = rows.rename(columns={"product_category": "category", "household_id": "household", "basket_id": "basket"})
    rows = rows[["household", "basket", "category"]].astype({"household": "int64"})
    # One id stands there as 4.0128e+10, which is a whole number all the same.
    rows["basket"] = pd.to_numeric(rows["basket"]).rank(method="dense").astype("int64")
    return rows.drop_duplicates().sort_values(["household", "basket", "category"])


def satisfaction_survey(raw: Path | None = None) -> pd.DataFrame:
    """The made-up survey; needs no raw file."""
    return pd.DataFrame(survey.rows(), columns=list(survey.COLUMNS), dtype=object)


def cfpb_complaints(raw: Path) -> pd.DataFrame:
    """The 3,186 complaints, numbered in file order; the ZIP code stays behind."""
    path = raw / "cfpb_complaints" / "cfpb_complaints_sample.csv.gz"
    complaints = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")[list(CFPB)].rename(columns=CFPB)
    for day in ("received", "sent"):
        complaints[day] = pd.to_datetime(complaints[day], format="%m/%d/%Y").dt.strftime("%Y-%m-%d")
    complaints.insert(0, "complaint", [f"C{number:04d}" for number in range(1, len(complaints) + 1)])
    return complaints.assign(timely=complaints["timely"] == "Yes")


def kano_survey_answers(raw: Path | None = None) -> pd.DataFrame:
    """The made-up Kano survey; needs no raw file."""
    return pd.DataFrame(kano_survey.rows(), columns=list(kano_survey.COLUMNS), dtype=object)


def servqual_survey_answers(raw: Path | None = None) -> pd.DataFrame:
    """The made-up SERVQUAL survey; needs no raw file."""
    return pd.DataFrame(servqual_survey.rows(), columns=list(servqual_survey.COLUMNS), dtype=object)


def customer_list_rows(raw: Path | None = None) -> pd.DataFrame:
    """The made-up customer list; needs no raw file."""
    return pd.DataFrame(customer_list.rows(), columns=list(customer_list.COLUMNS), dtype=object)


def customer_list_truth(raw: Path | None = None) -> pd.DataFrame:
    """Which firm each row of that list is, and what was planted in it; needs no raw file."""
    return pd.DataFrame(customer_list.truth(), columns=list(customer_list.TRUTH_COLUMNS), dtype=object)


MAKERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "online_retail_orders.csv.gz": online_retail_orders,
    "online_retail_invoices.csv.gz": online_retail_invoices,
    "online_retail_lines.csv.gz": online_retail_lines,
    "b2b_deals.csv": b2b_deals,
    "cdnow.csv.gz": cdnow,
    "telco_churn.csv.gz": telco_churn,
    "grocery_baskets.csv.gz": grocery_baskets,
    "satisfaction_survey.csv": satisfaction_survey,
    "cfpb_complaints.csv.gz": cfpb_complaints,
    "kano_survey.csv": kano_survey_answers,
    "servqual_survey.csv": servqual_survey_answers,
    "customer_list.csv": customer_list_rows,
    "customer_truth.csv": customer_list_truth,
}
NEEDS_NO_RAW = {"satisfaction_survey", "kano_survey", "servqual_survey", "customer_list", "customer_truth"}


def packed(frame: pd.DataFrame, file: str) -> bytes:
    """The bytes of the file: UTF-8, line feeds, and no time or name in the gzip head."""
    text = frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode("utf-8")
    if not file.endswith(".gz"):
        return text
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as packer:
        packer.write(text)
    return out.getvalue()


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _fill_card(card: Path, rows: int, sha256: str) -> None:
    text = card.read_text(encoding="utf-8")
    text, found_rows = re.subn(r"(?m)^rows: .*$", f"rows: {rows}", text, count=1)
    text, found_sum = re.subn(r"(?m)^sha256: .*$", f"sha256: {sha256}", text, count=1)
    if not (found_rows and found_sum):
        raise SystemExit(f"{card.name}: add the lines `rows:` and `sha256:` to its front matter.")
    _write(card, text.encode("utf-8"))


def main(arguments: list[str] | None = None) -> int:
    """Build what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make the files in datasets/ from the raw files.")
    parser.add_argument("--from", dest="raw", type=Path, metavar="RAW", help="folder of the raw files")
    parser.add_argument("--to", type=Path, default=DATASETS, help="where to write (default: datasets/)")
    names = [file.split(".")[0] for file in MAKERS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="make only these")
    options = parser.parse_args(arguments)
    if options.raw is None and not NEEDS_NO_RAW.issuperset(options.only):
        parser.error("say where the raw files are: --from RAW (only the made-up surveys are made without)")
    for file, make in MAKERS.items():
        name = file.split(".")[0]
        if name not in options.only:
            continue
        try:
            frame = make(options.raw)
        except (OSError, KeyError) as error:
            print(f"{name}: a raw file is missing or has other columns: {error}", file=sys.stderr)
            return 1
        data = packed(frame, file)
        _write(options.to / file, data)
        card = options.to / f"{name}.md"
        if card.exists():
            _fill_card(card, len(frame), hashlib.sha256(data).hexdigest())
        print(f"{file}: {len(frame):,} rows, {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
