"""Forty-four files as firms export them, ugly in what stands in their cells: each made, with what must be read and said."""

from __future__ import annotations

import datetime as dt

import openpyxl

from tests.support.ugly import Ugly
from tests.support.ugly_layout import book, rows, text

# ---- days


def line(*cells: object) -> str:
    """A line of a text file."""
    return ";".join(map(str, cells)) + "\n"


DAYS = line("客户名称", "下单日期", "金额") + "".join(
    line(f"客户{at}", day, 100)
    for at, day in enumerate(
        [
            "2026年3月1日",
            "2026.3.1",
            "2026/3/1 14:05",
            "20260301",
            "1-Mar-26",
            "1. März 2026",
            "Mar 1 2026",
            "2026-03-01T23:59:59+08:00",
            "2026年3月1日 下午3:05",
            *["46082", "二〇二六年三月一日", "2026-02-30", "1900-01-00", "9999-12-31", "soon", ""],
        ]
    )
)
SLASHES = (
    line("Customer", "Order date", "Amount")
    + line("Ann", "1/3/26", 10)
    + line("Bob", "2/3/26", 20)
    + line("Cem", "3/4/26", 5)
)
DECIDED = SLASHES + line("Dan", "25/03/26", 7)


def excel_days(made: openpyxl.Workbook) -> None:
    """A workbook of 1904 with days as days, as bare numbers and as texts."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    made.epoch = CALENDAR_MAC_1904
    sheet = made.create_sheet("orders")
    rows(
        sheet,
        [
            ["Customer", "Order date", "Amount"],
            ["Ann", dt.datetime(2026, 3, 1, 9), 10],
            ["Bob", 44620, 20.5],
            ["Cem", "2026-03-02", 30],
        ],
    )


UNIX = line("user id", "paid at", "amount") + line("u1", 1772323200, 1.5) + line("u2", 1772409600000, 2.5)
TAIWAN = (
    line("客戶名稱", "日期", "金額")
    + line("甲公司", "民國115年3月1日", "NT$1,000.00")
    + line("乙公司", "2026/3/2", "NT$2,000.50")
)

# ---- amounts

MONEY = line("客户", "日期", "金额") + "".join(
    line(f"客户{at}", "2026-03-01", amount)
    for at, amount in enumerate(
        [
            "￥1,200.50",
            "1,200.50元",
            "(300.00)",
            "300.00-",
            "-12.5",
            "1.2万",
            "１２３．４５",
            "RMB 5",
            "0",
            "壹万元整",
            "12%",
            "1.2E+05",
            "#REF!",
            "-",
            "约100",
            "1,2345",
        ]
    )
)
GERMAN = (
    line("Kunde", "Datum", "Menge", "Einzelpreis", "Artikel")
    + line("Müller", "01.03.2026", "1.000", "1,25", "Schraube")
    + line("Meier", "02.03.2026", "3", "1.234,50", "Motor")
)
EITHER = line("Customer", "Date", "Amount") + line("Ann", "2026-03-01", "1.234") + line("Bob", "2026-03-02", "2.500")
UNITS = (
    line("客户名称", "日期", "销售额（万元）")
    + line("甲公司", "2026-01-05", "1.23")
    + line("乙公司", "2026-02-05", "0.07")
    + line("丙公司", "2026-02-06", "3万")
)
CURRENCIES = line("Customer", "Date", "Amount", "Currency") + "".join(
    line(who, f"2026-03-0{at + 1}", amount, code)
    for at, (who, amount, code) in enumerate(
        [("Ann", 10, "USD"), ("Bob", 20, "usd"), ("Cem", 30, "EUR"), ("Dan", 40, "US$"), ("Eve", 50, "")]
    )
)
LEDGER = (
    line("Customer", "Date", "Amount") + line("Ann", "2026-03-01", "100.00 DR") + line("Ann", "2026-03-02", "40.00 CR")
)
ONLINE = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "536365,85123A,WHITE HANGING,6,12/1/2010 8:26,2.55,17850.0,United Kingdom\n536365,71053,WHITE METAL,6,12/1/2010 8:26,3.39,17850.0,United Kingdom\n"
    "C536379,D,Discount,-1,12/13/2010 9:41,27.50,14527.0,United Kingdom\n536380,22041,RECORD FRAME,2,12/13/2010 9:41,2.10,,United Kingdom\n"
)

# ---- identifiers and names

SPOILED = line("客户编号", "日期", "金额") + "".join(
    line(who, "2026-03-01", 1)
    for who in ["00123", "123", '="00124"', "'00125", "1.23E+17", "1.23E+17", "123456789012345678", "１２６", "散客"]
)


def numbers(made: openpyxl.Workbook) -> None:
    """Identifiers as a spreadsheet keeps them: numbers, one too long, one made a day."""
    sheet = made.create_sheet("订单")
    rows(sheet, [["订单编号", "客户编号", "订单日期", "订单金额"]])
    day = dt.datetime(2026, 3, 1)
    rows(
        sheet,
        [
            ["A1", 17850, day, 10],
            ["A2", "0017850", day, 20],
            ["A3", 12345678901234567, day, 30],
            ["A4", dt.datetime(2026, 1, 2), day, 40],
            [True, 99.0, day, 50],
        ],
    )


NAMES = line("客户名称", "日期", "金额") + "".join(
    line(who, f"2026-03-0{at + 1}", 10)
    for at, who in enumerate(
        [
            "华强有限公司",
            "华强 有限公司",
            "Huaqiang Ltd",
            "HUAQIANG LTD.",
            "Ｈuaqiang Ltd",
            "深圳市华强有限公司",
            "匿名",
            "test",
        ]
    )
)

# ---- whole exports

KINGDEE = (
    '日期,单据编号,购货单位,产品代码,产品名称,单位,数量,单价,金额,业务员\n2026-03-01,XOUT001,华强有限公司,01.02,螺丝,个,"1,000",0.12,120.00,王五\n'
    ',,,01.03,螺母,个,500,0.10,50.00,\n2026-03-02,XOUT002,泰和贸易有限公司,01.02,螺丝,个,200,0.12,24.00,李四\n合计,,,,,,"1,700",,194.00,\n'
)
TAOBAO = (
    "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,收货人姓名,联系手机,订单创建时间,订单付款时间,宝贝总数量\n"
    '="1234567890123456",小明88,100.00,90.00,交易成功,张明,\'13800001111,2026-03-01 10:00:00,2026-03-01 10:01:00,1\n'
    '="1234567890123457",小红,80.00,0.00,交易关闭,李红,\'13800002222,2026-03-02 10:00:00,,1\n'
    '="1234567890123458",小明88,50.00,50.00,等待买家付款,张明,\'13800001111,2026-03-05 10:00:00,,1\n'
)
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name\n"
    "#1001,a@x.example,paid,2026-03-01 10:00:00 +0800,USD,30.00,5.00,35.00,2026-03-01 09:59:00 +0800,1,Mug,10.00,Ann Lee\n"
    "#1001,a@x.example,,,,,,,2026-03-01 09:59:00 +0800,2,Cup,10.00,\n"
    "#1002,b@x.example,refunded,2026-03-02 10:00:00 +0800,USD,10.00,5.00,15.00,2026-03-02 09:59:00 +0800,1,Mug,10.00,Bob Ray\n"
    "#1003,a@x.example,paid,2026-03-03 10:00:00 +0800,USD,20.00,5.00,25.00,2026-03-03 09:59:00 +0800,1,Mug,10.00,Ann Lee\n"
    "#1003,a@x.example,,,,,,,2026-03-03 09:59:00 +0800,1,Cup,10.00,\n"
)
TWICE = (
    line("订单号", "客户", "订单日期", "交货日期", "含税金额", "不含税金额")
    + "".join(
        line(order, "华强有限公司", "2026-03-01", "2026-03-05", "113.00", "100.00")
        for order in ["S1", "S2", "S2", "S3"]
    )
    + line("S3", "华强有限公司", "2026-03-02", "2026-03-09", "226.00", "200.00")
)


def side_by_side(made: openpyxl.Workbook) -> None:
    """A column a month, in ten thousands, without a year."""
    sheet = made.create_sheet("汇总")
    rows(sheet, [["2025年客户销售汇总"], ["单位：万元"], ["客户名称", "区域", "1月", "2月", "3月", "合计"]])
    rows(
        sheet,
        [
            ["甲公司", "华东", 1.2, None, 5, 6.2],
            ["乙公司", "华南", 3.4, "-", 6.5, 9.9],
            ["丙公司", "华南", None, None, None, 0],
            ["丁公司", "华南", 1, "?x", 2, 3],
        ],
    )


LONG_MONTHS = (
    line("客户名称", "年份", "月份", "销售额")
    + line("甲公司", 2025, "1月", "10.50")
    + line("甲公司", 2025, "2月", "20")
    + line("乙公司", 2025, "13月", "5")
)
SURVEY = (
    line("提交时间", "客户名称", "送货满意度", "服务满意度", "您会向同行推荐我们吗")
    + "".join(
        line(f"2026/3/{at} 10:0{at % 10}", f"客户{at}", at % 5 + 1, (at + 2) % 5 + 1, at % 11) for at in range(1, 16)
    )
    + line("2026/3/16 9:00", "客户16", "", "", "")
)
COMPLAINTS = (
    line("投诉编号", "客户名称", "投诉时间", "投诉原因", "处理状态", "关闭时间", "索赔金额")
    + line("T1", "甲公司", "2026-03-01", "破损", "已关闭", "2026-03-03", "500元")
    + line("T2", "乙公司", "2026-03-05", "延迟", "处理中", "", "")
    + line("T2", "乙公司", "2026-03-05", "延迟", "处理中", "", "")
)
LIST = (
    line("客户编号", "客户名称", "电话", "地区")
    + line("001", "甲公司", "13800001111", "深圳")
    + line("002", "乙公司", "1.38E+10", "广州")
    + line("002", "乙公司", "", "广州")
)

BILL = (
    line("微信支付账单明细")
    + line("共4笔记录")
    + line("交易时间", "交易类型", "交易对方", "收/支", "金额(元)", "当前状态", "商户单号")
    + line("`2025-01-10 09:00:00", "`二维码收款", "`甲", "`收入", "`¥100.00", "`已存入零钱", "`0012")
    + line("`2025-01-11 09:00:00", "`二维码收款", "`乙", "`收入", "`¥50.50", "`已存入零钱", "`0013")
    + line("`2025-01-12 09:00:00", "`商户消费", "`房东", "`支出", "`¥9,000.00", "`支付成功", "`0014")
    + line("`2025-01-13 09:00:00", "`二维码收款", "`甲", "`收入", "`¥70.00", "`已全额退款", "`0015")
)
STAGES = (
    line("商机名称（必填）", "客户名称（必填）", "商机金额（元）", "销售阶段", "创建时间", "实际成交日期")
    + line("设备", "甲公司", 5000, "赢单", "2025-01-02", "2025-03-25")
    + line("备件", "乙公司", 7000, "输单", "2025-01-02", "")
    + line("维保", "丙公司", 9000, "方案报价", "2025-01-02", "")
)
SHORT = (
    line("2025年销售记录")
    + line("日期", "客户", "单号", "金额")
    + line("3.9", "甲公司", "A1", 10)
    + line("3/10", "乙公司", "A2", 20)
    + line("3.1", "丙公司", "A3", 40)
)
KEPT = SHORT + line("3.20", "丁公司", "A4", 80)
PARTS = (
    line("年", "月", "日", "客户名称", "发票号", "销售类型", "价税合计")
    + line(2025, 1, 31, "甲公司", "0001", "普通销售", 565)
    + line(2025, 2, 30, "乙公司", "0002", "普通销售", 113)
    + line(2025, 3, 1, "乙公司", "0003", "普通销售", 226)
)


def day_of_sheet(made: openpyxl.Workbook) -> None:
    """A sheet named by its month, whose rows name only the day."""
    sheet = made.create_sheet("2025年3月")
    rows(sheet, [["日", "客户", "送货单号", "货款"], [1, "甲公司", "001", 150], [31, "乙公司", "002", 50]])


FIRST_ONLY = (
    line("客户", "日期", "品名", "数量", "单价", "金额")
    + line("甲公司", "2025年3月1日", "灯管", 5, 8.5, 42.5)
    + line("", "2025年3月2日", "开关", 6, 8.5, 51)
    + line("", "2025年3月3日", "灯管", 1, 8.5, 8.5)
    + line("乙公司", "2025年3月4日", "灯管", 2, 8.5, 17)
    + line("", "2025年3月5日", "开关", 2, 8.5, 17)
)
HIDDEN = (
    line("商品", "订单号", "订单状态", "用户实付金额(元)", "收货人", "支付时间", "售后状态")
    + line("苹果", "25-01", "已发货，待签收", 26.9, "张**", "2025-03-01 11:11", "无售后或售后取消")
    + line("苹果", "25-02", "已发货，待签收", 26.9, "张**", "2025-03-02 11:11", "退款成功")
)
TWO_DIGITS = line("开单日期", "客户名称", "金额") + line("25-01-03", "甲公司", 5) + line("25-02-03", "乙公司", 7)
REGISTER = (
    line("2025年度客户投诉处理台账")
    + line("投诉日期", "客户名称", "投诉内容", "投诉类别", "结案日期")
    + line("3月8日", "甲公司", "外箱破损", "包装破损", "3月12日")
    + line("2025.4.5", "乙公司", "少发一件", "数量不符", "4.15")
)


# ---- exports of programs that the English-speaking and European world uses


BARE = "".join(f"2026-03-{at + 1:02d},C{at % 4},{55.5 + at}\n" for at in range(14))
BOOKS = (
    "Acme Inc.,,,,,\nTransaction List by Date,,,,,\nDate,Transaction Type,Num,Name,Memo/Description,Account,Amount\n"
    '01/15/2026,Invoice,1001,Ann Lee,Tea,Accounts Receivable (A/R),"1,030.00"\n01/20/2026,Payment,,Ann Lee,,Undeposited Funds,"1,030.00"\n'
    "02/13/2026,Credit Memo,1004,Bob Ray Ltd,Jam,Accounts Receivable (A/R),-8.50\n"
)
SETTLED = "".join(
    ",".join(f'"{cell}"' for cell in cells) + "\n"
    for cells in [
        ("date/time", "settlement id", "type", "order id", "quantity", "order state", "product sales", "total"),
        ("Mar 1, 2026 12:01:11 AM PST", "15012345678", "Order", "112-1111111-1", "1", "TX", "1,019.99", "1,012.89"),
        ("Mar 2, 2026 3:04:05 PM PST", "15012345678", "Refund", "112-1111111-2", "1", "TX", "-19.99", "-17.59"),
        ("Mar 3, 2026 3:04:05 PM PST", "15012345678", "Transfer", "", "", "", "0", "-995.30"),
    ]
)
UNQUOTED = "Customer,Date,Order,Amount\nAnn,2026-03-01,S1,1,210.00\nBob,2026-03-02,S2,20.00\nCem,2026-03-13,S3,30.50\n"
POSTED = (
    line("No.", "Sell-to Customer No.", "Posting Date", "Due Date", "Amount", "Remaining Amount", "Cancelled")
    + line("103001", "10000", "3/1/2026", "3/31/2026", "1,234.50", "0.00", "No")
    + line("103003", "20000", "3/14/2026", "4/13/2026", "10.00", "10.00", "Yes")
)
ITALIAN = (
    line(
        "Data documento",
        "Numero documento",
        "Codice cliente",
        "Ragione sociale",
        "Codice articolo",
        "Descrizione",
        "Quantità",
        "Importo",
    )
    + line("01/03/2026", "12/A", "001", "Rossi S.p.A.", "X1", "Pompa", "2", "1.000,00")
    + line("14/03/2026", "13/A", "002", "Bianchi S.r.l.", "X2", "Valvola", "1", "50,50")
)
PRIVATE = (
    line("Order ID", "Order Date", "Company (Billing)", "Email (Billing)", "Order Total Amount", "Order Refund Amount")
    + line("2101", "2026-03-01", "Lee Ltd", "ann@a.example", "35", "4.50")
    + line("2102", "2026-03-13", "", "bob@b.example", "13", "0")
    + line("2103", "2026-03-14", "", "cem@c.example", "8.50", "0")
)
GOOGLE = (
    '"Timestamp","Your company","On a scale of 0 to 10, how likely are you to recommend us to a colleague or friend?"\n'
    '"2026/03/01 10:00:01 AM GMT+1","Globex","10"\n"2026/03/02 10:00:01 AM GMT+1","Initech","4"\n'
)


def long_numbers(made: openpyxl.Workbook) -> None:
    """Order numbers of 18 digits that a spreadsheet has kept as numbers."""
    rows(
        made.create_sheet("orders"),
        [["Order no", "Customer", "Date", "Amount"]]
        + [[10**17 + at % 2, f"Firm {at}", dt.datetime(2026, 3, at + 1), 10 + at] for at in range(4)],
    )


UGLY: list[Ugly] = [
    Ugly("days", text("a.csv", DAYS), left_out=6, used=11, kind="orders", roles={"下单日期": "date"}, questions=["date_system"], sums={"amount": 1100},
         says=["no such day", "Many programs write", "not a day that can be read", "The day is missing"]),
    Ugly("slashes", text("a.csv", SLASHES), left_out=1, used=3, kind="orders", questions=["day_first"], sums={"amount": 35}, says=["what stands first in '1/3/26'"]),
    Ugly("slashes decided", text("a.csv", DECIDED), left_out=1, used=4, kind="orders", says=["years of two digits"]),
    Ugly("1904", book("a.xlsx", excel_days), left_out=1, used=3, kind="orders", sums={"amount": 60.5}),
    Ugly("unix", text("a.csv", UNIX), left_out=1, used=2, kind="orders", questions=["unix_zone"], roles={"user id": "customer_number"}),
    Ugly("taiwan", text("a.csv", TAIWAN, "big5"), left_out=2, used=1, kind="orders", questions=["roc"], sums={"amount": 2000.5}, says=["the Republic's calendar"]),
    Ugly("money", text("a.csv", MONEY), left_out=8, used=9, kind="orders", sums={"amount": 1200.5 * 2 - 600 - 12.5 + 12000 + 123.45 + 5},
         says=["Chinese numerals", "a percentage", "lost its digits", "formula failed", "number is missing", "read with certainty", "amount is 0", "below 0"]),
    Ugly("german", text("a.csv", GERMAN, "cp1252"), left_out=1, used=2, kind="lines", sums={"amount": 1250 + 3703.5, "quantity": 1003}, says=["No column has the amount", "Quantity by price"]),
    Ugly("either", text("a.csv", EITHER), left_out=1, used=2, kind="orders", questions=["decimal"], says=["can be read in two ways"], sums={"amount": 3734}),
    Ugly("units", text("a.csv", UNITS), left_out=1, used=3, kind="orders", sums={"amount": 12300 + 700 + 30000}, says=["units of 10,000", "both name a unit"]),
    Ugly("currencies", text("a.csv", CURRENCIES), left_out=3, used=3, kind="orders", questions=["currency"], sums={"amount": 70}, says=["never added", "Another currency than USD", "No currency is named"]),
    Ugly("ledger", text("a.csv", LEDGER), left_out=1, used=2, kind="orders", questions=["credit"], sums={"amount": 60}),
    Ugly("online", text("a.csv", ONLINE), left_out=2, used=3, kind="lines", sums={"amount": 15.3 + 20.34 - 27.5, "quantity": 11}, says=["Quantity by price", "decimal numbers once", "The cell is empty", "below 0"]),
    Ugly("spoiled", text("a.csv", SPOILED), left_out=4, used=6, kind="orders", questions=["placeholder"], says=["has lost its digits", "No customer in particular", "full-width signs"]),
    Ugly("numbers", book("a.xlsx", numbers), left_out=3, used=3, kind="orders", sums={"amount": 80}, says=["more than 15 digits", "made a date of it", "noughts before it"]),
    Ugly("names", text("a.csv", NAMES), left_out=3, used=6, kind="orders", questions=["placeholder"], says=["Read as one", "so alike that they may be one customer"]),
    Ugly("kingdee", text("a.csv", KINGDEE, "gbk"), left_out=2, used=3, kind="lines", questions=["fill_down"], sums={"amount": 194, "quantity": 1700}, says=["Taken from the row above"],
         roles={"购货单位": "customer", "单据编号": "order", "产品代码": "item_number", "产品名称": "item", "业务员": "salesperson", "单位": ""}),
    Ugly("taobao", text("a.csv", TAOBAO, "gb18030"), left_out=3, used=1, kind="orders", questions=["customer", "date", "amount", "status:cancelled", "status:unpaid"], sums={"amount": 90},
         roles={"订单编号": "order", "买家会员名": "customer", "联系手机": "phone", "买家实际支付金额": "amount", "订单创建时间": "date"}),
    Ugly("shopify", text("a.csv", SHOPIFY), left_out=2, used=4, kind="lines", questions=["customer", "date", "amount", "status:refunded"], sums={"amount": 50}, says=["that of the whole order"],
         roles={"Name": "order", "Email": "email", "Billing Name": "customer", "Lineitem name": "item", "Financial Status": "status"}),
    Ugly("twice", text("a.csv", TWICE), left_out=2, used=4, kind="orders", questions=["date", "amount", "duplicates"], sums={"amount": 113 * 3 + 226}, says=["Every cell is the same", "order number stands in an earlier row"]),
    Ugly("side by side", book("a.xlsx", side_by_side), left_out=5, used=6, kind="months", questions=["year"], sums={"amount": 10_000 * (1.2 + 5 + 3.4 + 6.5 + 1 + 2)}, says=["Each cell with an amount", "No month has an amount", "units of 10,000"]),
    Ugly("long months", text("a.csv", LONG_MONTHS), left_out=2, used=2, kind="months", sums={"amount": 30.5}, says=["not a month"]),
    Ugly("survey", text("a.csv", SURVEY), left_out=2, used=15, kind="survey", says=["No question is answered"], roles={"您会向同行推荐我们吗": "recommend", "送货满意度": "rating"}),
    Ugly("complaints", text("a.csv", COMPLAINTS), left_out=2, used=2, kind="complaints", questions=["duplicates"], sums={"claim": 500}),
    Ugly("list", text("a.csv", LIST), left_out=2, used=2, kind="customers", questions=["customer"], says=["stands in an earlier row"]),
    Ugly("bill", text("a.csv", BILL), left_out=5, used=2, kind="orders", questions=["status:moved", "status:refunded:当前状态"], sums={"amount": 150.5},
         roles={"交易对方": "customer", "收/支": "status", "当前状态": "status"}),
    Ugly("stages", text("a.csv", STAGES), left_out=3, used=1, kind="orders", questions=["date", "status:cancelled", "status:open"], sums={"amount": 5000}, roles={"实际成交日期": "date"}),
    Ugly("short days", text("a.csv", SHORT), left_out=3, used=2, kind="orders", questions=["year"], sums={"amount": 30}, says=["3.1 may have been 3.10"]),
    Ugly("short days kept", text("a.csv", KEPT), left_out=2, used=4, kind="orders", questions=["year"], sums={"amount": 150}),
    Ugly("day in parts", text("a.csv", PARTS), left_out=2, used=2, kind="orders", sums={"amount": 791}, says=["columns of its own (年, 月, 日)", "no day of the calendar"]),
    Ugly("day of the sheet", book("a.xlsx", day_of_sheet), left_out=1, used=2, kind="orders", questions=["year"], sums={"amount": 200}, says=["that of the title"]),
    Ugly("first only", text("a.csv", FIRST_ONLY), left_out=4, used=2, kind="lines", questions=["fill_customer"], sums={"amount": 59.5}, says=["belong to the customer above"]),
    Ugly("hidden names", text("a.csv", HIDDEN), left_out=2, used=1, kind="lines", questions=["status:refunded:售后状态"], sums={"amount": 26.9}, says=["Asterisks hide"]),
    Ugly("year first", text("a.csv", TWO_DIGITS), left_out=1, used=2, kind="orders", questions=["day_first"], says=["what stands first in '25-01-03'"], sums={"amount": 12}),
    Ugly("register", text("a.csv", REGISTER), left_out=2, used=2, kind="complaints", questions=["year"], roles={"投诉日期": "received"}),
    Ugly("bare", text("a.csv", BARE), used=14, kind="orders", questions=["customer", "amount"], sums={"amount": 14 * 55.5 + 91}, roles={"A": "date", "B": "customer", "C": "amount"}),
    Ugly("books", text("a.csv", BOOKS), left_out=4, used=2, kind="orders", questions=["customer", "status:moved"], sums={"amount": 1021.5}, says=["payments or transfers of money: 1 (Payment)"],
         roles={"Name": "customer", "Num": "order", "Transaction Type": "status"}),
    Ugly("settled", text("a.csv", SETTLED), left_out=4, kind="orders", questions=["amount", "status:moved"], says=["1 (Transfer)", "recognised for this: customer"], roles={"settlement id": "", "order state": "region"}),
    Ugly("unquoted", text("a.csv", UNQUOTED), left_out=2, used=2, kind="orders", sums={"amount": 50.5}, says=["Has more cells than there are headings"]),
    Ugly("posted", text("a.csv", POSTED), left_out=2, used=1, kind="orders", questions=["status:cancelled"], sums={"amount": 1234.5}, roles={"No.": "order", "Posting Date": "date", "Remaining Amount": ""}),
    Ugly("italian", text("a.csv", ITALIAN, "cp1252"), left_out=1, used=2, kind="lines", questions=["customer"], sums={"amount": 1050.5, "quantity": 3},
         roles={"Numero documento": "order", "Ragione sociale": "customer", "Codice articolo": "item_number", "Descrizione": "item"}),
    Ugly("private", text("a.csv", PRIVATE), left_out=1, used=3, kind="orders", questions=["customer"], sums={"amount": 56.5}, roles={"Order Total Amount": "amount", "Order Refund Amount": ""}, says=["paid back in part is counted in full"]),
    Ugly("google", text("a.csv", GOOGLE), left_out=1, used=2, kind="survey", roles={"Timestamp": "answered", "Your company": "customer"}),
    Ugly("long numbers", book("a.xlsx", long_numbers), left_out=1, used=4, kind="orders", sums={"amount": 46}, says=["Used without an order number"]),
]  # fmt: skip
"""The files. ``left_out`` counts headings, titles and totals as well."""
