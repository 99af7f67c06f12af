"""Twenty files as firms export them, ugly in how the table lies in its file: each made, with what must come of it."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference

from tests.support.ugly import Ugly

Make = Callable[[Path], Path]


def text(name: str, content: str, encoding: str = "utf-8") -> Make:
    """A text file."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode(encoding))
        return path

    return make


def book(name: str, fill: Callable[[openpyxl.Workbook], None]) -> Make:
    """A workbook."""

    def make(folder: Path) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        fill(made)
        made.save(folder / name)
        return folder / name

    return make


def rows(sheet: Any, lines: Iterable[Sequence[Any]]) -> None:
    """Lines into a sheet."""
    for line in lines:
        sheet.append(list(line))


def day(n: int) -> dt.datetime:
    """A day of 2025."""
    return dt.datetime(2025, 1, 1) + dt.timedelta(days=n)


CUSTOMERS = ("杭州云帆科技有限公司", "上海远景贸易有限公司", "广州恒信商贸", "成都蓝海电子", "苏州德胜机械")


# ---- Chinese programs


def kingdee(made: openpyxl.Workbook) -> None:
    """Kingdee: a title merged over all columns, a line of what was asked for, two storeys, subtotals, who made it."""
    sheet = made.create_sheet("销售出库明细表")
    rows(sheet, [["销售出库明细表"], ["期间：2025年第1期 至 2025年第3期", None, None, None, None, None, "单位：元"]])
    rows(sheet, [["日期", "单据编号", "客户", None, "物料", None, "数量", "价税合计"]])
    rows(sheet, [[None, None, "编码", "名称", "编码", "名称", None, None]])
    for cells in ("A1:H1", "C3:D3", "E3:F3", "A3:A4", "B3:B4", "G3:G4", "H3:H4"):
        sheet.merge_cells(cells)
    for at, customer in enumerate(CUSTOMERS[:3]):
        for n in range(4):
            sheet.append(
                [
                    day(10 * at + n),
                    f"XSCK{at}{n:05}",
                    f"C{at:03}",
                    customer,
                    f"01.0{n}",
                    f"物料{n}",
                    n + 1,
                    100.5 * (n + 1),
                ]
            )
        sheet.append(["小计", None, None, customer, None, None, 10, 1005.0])
    sheet.append(["合计", None, None, None, None, None, 30, 3015.0])
    rows(sheet, [[], ["制单人：王芳", None, None, "审核：李强", None, None, "打印日期：2025-04-02"]])


def yonyou(made: openpyxl.Workbook) -> None:
    """Yonyou: cells of a customer merged over its orders, a blank first column, headings again on each page, page numbers."""
    sheet = made.create_sheet("应收明细")
    headings = [None, "客户名称", "单据号", "单据日期", "摘要", "本币金额"]
    rows(sheet, [[], [None, "应收账款明细账"], headings])
    for page, customer in enumerate(CUSTOMERS[:3]):
        if page:
            sheet.append(headings)
        first = sheet.max_row + 1
        for n in range(3):
            sheet.append(
                [None, customer if n == 0 else None, f"AR{page}{n}", f"2025.{page + 1}.{n + 1}", "销售商品", 1200 + n]
            )
        sheet.merge_cells(start_row=first, end_row=first + 2, start_column=2, end_column=2)
        sheet.append([None, f"第 {page + 1} 页 共 3 页"])
    sheet.append([None, "总计", None, None, None, 10809])


TAOBAO = (
    "订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,联系手机,订单创建时间,宝贝标题,宝贝总数量\r\n"
    + "".join(
        f'="21034567890123456{n}",tb_{n},{59.9 * (n + 1):.2f},交易成功,张三{n},\'1380013800{n},2025-06-0{n + 1} 12:0{n}:33,"夏季连衣裙, 碎花 {n}号",1\r\n'
        for n in range(6)
    )
)

JINGDONG = (
    "订单号\t下单时间\t商品名称\t订购数量\t应付金额\t客户姓名\t客户地址\r\n"
    + "".join(
        f'28765432109{n}\t2025/3/{n + 1} 9:0{n}\t"保温杯 ""大号""\n(礼盒装)"\t1\t￥{129 + n}.00\t李四{n}\t北京朝阳区\r\n'
        for n in range(5)
    )
    + "\r\n合计\t\t\t5\t￥655.00\t\t\r\n"
)


def youzan(made: openpyxl.Workbook) -> None:
    """Youzan: a sheet a month with the same headings, and one of explanations."""
    for month in (1, 2, 3):
        sheet = made.create_sheet(f"{month}月")
        sheet.append(
            ["订单号", "下单时间", "商品", "实付金额", "买家", "收货人手机号", *(["备注"] if month == 2 else [])]
        )
        for n in range(3 + month):
            sheet.append(
                [
                    f"E2025{month:02}{n:04}",
                    f"2025-{month:02}-{n + 1:02} 10:00:00",
                    "茶叶",
                    88.0,
                    f"买家{n}",
                    f"1390000{n:04}",
                    *(["急"] if month == 2 else []),
                ]
            )
    about = made.create_sheet("字段说明")
    rows(about, [["字段", "说明"], ["订单号", "有赞订单号"], ["实付金额", "买家实际支付"]])


def wecom(made: openpyxl.Workbook) -> None:
    """A WeCom table: a long instruction above, a hidden column, hidden rows, an empty column between."""
    sheet = made.create_sheet("客户跟进")
    rows(sheet, [["填写说明：请各位销售每周五前更新，红色为必填；不要修改表头。" * 3], []])
    sheet.append(["客户", "负责人", "手机号", None, "签单日期", "签单金额", "备注"])
    for n in range(8):
        sheet.append(
            [CUSTOMERS[n % 5], "王芳", 13800138000 + n, None, day(n), 5000 * (n + 1), "老客户" if n % 2 else None]
        )
    sheet.column_dimensions["C"].hidden = True
    for row in (5, 6):
        sheet.row_dimensions[row].hidden = True


def wps(made: openpyxl.Workbook) -> None:
    """WPS: two tables side by side, a sheet of a chart, an empty one, a cell far out, numbers shown with leading zeros."""
    sheet = made.create_sheet("订单")
    rows(sheet, [["门店", "订单号", "日期", "金额", None, "门店", "目标"]])
    for n in range(9):
        sheet.append([f"{n % 3 + 1}号店", n + 7, day(n), 20.5 * n, None, *([f"{n + 1}号店", 1000] if n < 3 else [])])
        sheet.cell(n + 2, 2).number_format = "000000"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=10), titles_from_data=True)
    made.create_chartsheet("图表").add_chart(chart)
    made.create_sheet("空表")
    sheet.cell(1_048_576, 16_384).number_format = "0.00"


GBK_MENU = (
    "客户,电话,最近消费日期,累计消费\r\n"
    + "".join(f'{name},0571-8800{n},2025年{n + 1}月{n + 3}日,"{n + 1},280.00"\r\n' for n, name in enumerate(CUSTOMERS))
    + "以上数据由系统自动导出\r\n"
)

BIG5 = "客戶編號;客戶名稱;訂單日期;金額\r\n" + "".join(
    f"T{n};台灣精密股份有限公司{n};2025/0{n}/15;NT$ {n},500\r\n" for n in range(1, 7)
)

FULL_WIDTH = "姓名，日期，金额\n" + "".join(f"客户{n}，3月{n}日，{n}00元\n" for n in range(1, 6))

# ---- programs of Europe and America

SAP = (
    "01.04.2025                     Dynamische Listenausgabe                    1\n\n"
    "Kundenumsätze Werk 1000\n\n"
    "--------------------------------------------------------\n"
    "|Kunde     |Name 1         |Beleg     |Datum     |  Betrag|\n"
    "--------------------------------------------------------\n"
    + "".join(f"|000010{n:04}|Müller & Söhne |90000{n:04}|0{n}.03.2025|{n}.250,00|\n" for n in range(1, 7))
    + "--------------------------------------------------------\n"
    "|*         |               |          |          |26.250,00|\n"
    "--------------------------------------------------------\n"
)

SALESFORCE = (
    '"Account Name","Opportunity Name","Close Date","Amount Currency","Amount","Stage"\n'
    + "".join(f'"Acme {n}, Inc.","Renewal {n}","{n}/15/2025","USD","{n}2500.00","Closed Won"\n' for n in range(1, 9))
    + "\n\n"
    '"Closed opportunities 2025"\n"Copyright (c) 2000-2025 salesforce.com, inc. All rights reserved."\n'
    '"Confidential Information - Do Not Distribute"\n"Generated By:  Ann Lee  1/2/2026 9:12 AM"\n'
)

SHOPIFY = "Name,Email,Paid at,Currency,Total,Lineitem quantity,Lineitem name,Billing Name,Notes\n" + "".join(
    f'#10{n:02},ann{n}@example.com,2025-02-0{n} 10:00:00 +0100,EUR,{n}9.90,1,"Mug, blue",Ann {n},"Please ring twice.\nThanks!"\n'
    f"#10{n:02},ann{n}@example.com,,,,2,Saucer,,\n"
    for n in range(1, 6)
)

QUICKBOOKS = (
    'Bright Works LLC\nSales by Customer Detail\n"January - December, 2025"\n\n'
    ",Date,Transaction Type,Num,Product/Service,Qty,Sales Price,Amount\n"
    + "".join(
        f"{name},,,,,,,\n"
        + "".join(f",0{n}/15/2025,Invoice,{1000 + n},Consulting,2.00,150.00,300.00\n" for n in range(1, 5))
        + f'Total for {name},,,,,8.00,,"$1,200.00"\n'
        for name in ("Brown & Co", "Total Energy Ltd")
    )
    + 'TOTAL,,,,,16.00,,"$2,400.00"\n\n\n"Thursday, Jan 1, 2026 09:15 AM GMT - Accrual Basis"\n'
)

DATEV = (
    '"EXTF";700;21;"Buchungsstapel";13;20260102;;"RE";"";"";29098;55003;20250101;4;20250101;20250131;"";"";1\r\n'
    '"Umsatz (ohne Soll/Haben-Kz)";"Soll/Haben-Kennzeichen";"Konto";"Gegenkonto";"Belegdatum";"Belegfeld 1";"Buchungstext"\r\n'
    + "".join(f'{n}19,00;"S";1000{n};8400;{n:02}01;"RE-{n}";"Käufer Nr. {n}; Größe L"\r\n' for n in range(1, 8))
)

EXCEL_SEP = "sep=;\r\nCustomer;Date;Net;Gross\r\n;;EUR;EUR\r\n" + "".join(
    f"Customer {n};{n}.1.2025;{n}00,00;{n}19,00\r\n" for n in range(1, 6)
)

UTF16 = "Order ID\tCustomer\tOrder Date\tTotal\r\n" + "".join(
    f"{n}\tŁukasz Żak {n}\t2025-01-0{n}\t{n}0.00\r\n" for n in range(1, 7)
)

RAGGED = (
    "order,customer,date,amount,note\n"
    "1,Smith,2025-01-01,10.00,ok\n2,Jones,2025-01-02,11.00\n3,Miller, Sons,2025-01-03,12.00,vip\n4,Br\n5,Wood,2025-01-05,14.00,\n6,Hill,2025-01-06,15.00,x\n"
    '7,"Inch 5,2025-01-07,16.00,\n8,Lake,2025-01-08,17.00,\n9,Moor",2025-01-09,18.00,\n10,Fox,2025-01-10,19.00,\n'
)


def uncomputed(made: openpyxl.Workbook) -> None:
    """Written by a program: amounts are formulas without a result, an error among them, and the days count from 1904."""
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = made.create_sheet("Orders")
    sheet.append(["Order", "Customer", "Date", "Quantity", "Price", "Amount"])
    for n in range(2, 9):
        sheet.append([f"A{n}", "Ann Lee" if n != 5 else "#N/A", day(n), n, 2.5, f"=D{n}*E{n}"])


def below(made: openpyxl.Workbook) -> None:
    """A small table of sums above a larger one of orders; a hidden sheet with more rows than both."""
    sheet = made.create_sheet("Report")
    rows(sheet, [["Summary"], ["Region", "Revenue"], ["North", 100], ["South", 200], ["Total", 300], []])
    rows(
        sheet,
        [
            ["Order", "Customer", "Date", "Amount"],
            *([f"O{n}", f"Customer {n % 4}", day(n), 10.0 * n] for n in range(12)),
        ],
    )
    old = made.create_sheet("old")
    rows(old, [["Order", "Buyer", "Date", "Amount"], *([f"P{n}", f"Buyer {n}", day(n), 1.0] for n in range(30))])
    old.sheet_state = "hidden"


def cross(made: openpyxl.Workbook) -> None:
    """A pivot table: a column a month."""
    sheet = made.create_sheet("透视")
    rows(sheet, [["求和项:金额", "月份"], ["商品名称", "1月", "2月", "3月", "4月", "总计"]])
    rows(sheet, [[name, 10, 20, 30, 40, 100] for name in CUSTOMERS])


def lying(made: openpyxl.Workbook) -> None:
    """A table on its side."""
    sheet = made.create_sheet("Sheet1")
    rows(sheet, [["Customer", "Ann", "Ben", "Cid", "Dan"], ["City", "Rome", "Oslo", "Bern", "Graz"]])
    rows(sheet, [["Date", day(1), day(2), day(3), day(4)], ["Amount", 1.5, 2.5, 3.5, 4.5]])


def strict(folder: Path) -> Path:
    """Strict OOXML, as Excel saves it when asked to."""
    path = book(
        "plain.xlsx",
        lambda made: rows(
            made.create_sheet("S"), [["Customer", "Date", "Amount"], *(["Ann", day(n), n] for n in range(4))]
        ),
    )(folder)
    strictly = folder / "strict.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(strictly, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode()
            part = re.sub(
                "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://purl.oclc.org/ooxml/spreadsheetml/main",
                part,
            )
            part = re.sub(
                "http://schemas.openxmlformats.org/officeDocument/2006/",
                "http://purl.oclc.org/ooxml/officeDocument/",
                part,
            )
            target.writestr(name, part)
    return strictly


UGLY = [
    Ugly(
        "kingdee",
        book("金蝶.xlsx", kingdee),
        ["日期", "单据编号", "客户 编码", "客户 名称", "物料 编码", "物料 名称", "数量", "价税合计"],
        first=5,
        used=12,
        left_out=2 + 2 + 3 + 1 + 1,
        says=["2 storeys, rows 3 to 4", "Is a total of other rows", "a note or a signature"],
        sheet="销售出库明细表",
    ),
    Ugly(
        "yonyou",
        book("用友.xlsx", yonyou),
        ["客户名称", "单据号", "单据日期", "摘要", "本币金额"],
        first=4,
        used=9,
        left_out=2 + 2 + 3 + 1,
        says=["Cells merged over several rows: 3", "Repeats the headings", "head or the foot of a page"],
        sheet="应收明细",
    ),
    Ugly(
        "taobao",
        text("ExportOrderList.csv", TAOBAO, "gbk"),
        TAOBAO.split("\r\n")[0].split(","),
        2,
        6,
        1,
        ["GBK/GB18030", "comma"],
    ),
    Ugly(
        "jingdong",
        text("京东订单.csv", JINGDONG, "utf-8-sig"),
        JINGDONG.split("\r\n")[0].split("\t"),
        2,
        5,
        2,
        ["UTF-8", "tab", "Is a total"],
    ),
    Ugly(
        "youzan",
        book("有赞.xlsx", youzan),
        ["订单号", "下单时间", "商品", "实付金额", "买家", "收货人手机号", "备注"],
        first=10_000_002,
        used=15,
        left_out=3,
        says=[
            "3 sheets have the same headings",
            "1 = 1月, 2 = 2月, 3 = 3月",
            "Not in all of these sheets: 备注",
            "Not read: 字段说明",
        ],
    ),
    Ugly(
        "wecom",
        book("企业微信.xlsx", wecom),
        ["客户", "负责人", "手机号", "签单日期", "签单金额", "备注"],
        first=4,
        used=8,
        left_out=2,
        says=["hidden or filtered away: 2", "Columns that are hidden: 手机号", "Stands above the headings"],
        sheet="客户跟进",
    ),
    Ugly(
        "wps",
        book("WPS.xlsx", wps),
        ["门店", "订单号", "日期", "金额"],
        first=2,
        used=9,
        left_out=1,
        says=[
            "leading zeros, and so taken as text: 订单号",
            "in columns F to G",
            "only a chart are not read: 图表",
            "Not read: 空表",
        ],
        sheet="订单",
    ),
    Ugly(
        "gbk",
        text("会员.csv", GBK_MENU, "gb18030"),
        ["客户", "电话", "最近消费日期", "累计消费"],
        2,
        5,
        2,
        ["GBK/GB18030", "a note or a signature"],
    ),
    Ugly(
        "big5",
        text("訂單.csv", BIG5, "big5"),
        ["客戶編號", "客戶名稱", "訂單日期", "金額"],
        2,
        6,
        1,
        ["Big5", "semicolon"],
    ),
    Ugly("full width", text("手填.txt", FULL_WIDTH), ["姓名", "日期", "金额"], 2, 5, 1, ["full-width comma"]),
    Ugly(
        "sap",
        text("sap.txt", SAP, "cp1252"),
        ["Kunde", "Name 1", "Beleg", "Datum", "Betrag"],
        8,
        6,
        8,
        ["Windows-1252", "vertical bar", "Stands above the headings"],
    ),
    Ugly(
        "salesforce",
        text("report.csv", SALESFORCE),
        ["Account Name", "Opportunity Name", "Close Date", "Amount Currency", "Amount", "Stage"],
        2,
        8,
        5,
        ["a note or a signature"],
    ),
    Ugly("shopify", text("orders_export.csv", SHOPIFY), SHOPIFY.split("\n")[0].split(","), 2, 10, 1, ["comma"]),
    Ugly(
        "quickbooks",
        text("sales.csv", QUICKBOOKS),
        ["A", "Date", "Transaction Type", "Num", "Product/Service", "Qty", "Sales Price", "Amount"],
        7,
        8,
        3 + 1 + 2 + 2 + 1 + 1,
        ["Heads a group of rows", "Is a total", "a note or a signature"],
    ),
    Ugly(
        "datev",
        text("EXTF_Buchungsstapel.csv", DATEV, "cp1252"),
        [
            "Umsatz (ohne Soll/Haben-Kz)",
            "Soll/Haben-Kennzeichen",
            "Konto",
            "Gegenkonto",
            "Belegdatum",
            "Belegfeld 1",
            "Buchungstext",
        ],
        3,
        7,
        2,
        ["Windows-1252", "semicolon", "Stands above the headings"],
    ),
    Ugly(
        "sep line",
        text("excel.csv", EXCEL_SEP),
        ["Customer", "Date", "Net", "Gross"],
        4,
        5,
        3,
        ["which separator is used", "holds units"],
    ),
    Ugly(
        "utf-16",
        text("unicode.txt", UTF16, "utf-16-le"),
        ["Order ID", "Customer", "Order Date", "Total"],
        2,
        6,
        1,
        ["UTF-16-LE", "tab"],
    ),
    Ugly(
        "ragged",
        text("ragged.csv", RAGGED),
        ["order", "customer", "date", "amount", "note"],
        2,
        5,
        6,
        [
            "more cells than there are headings",
            "Breaks off",
            "opened in line 8 is closed too late",
            "fewer cells than there are headings",
        ],
    ),
    Ugly(
        "uncomputed",
        book("made.xlsx", uncomputed),
        ["Order", "Customer", "Date", "Quantity", "Price", "Amount"],
        2,
        7,
        1,
        ["A formula whose result the file does not hold"],
        sheet="Orders",
    ),
    Ugly(
        "below",
        book("below.xlsx", below),
        ["Order", "Customer", "Date", "Amount"],
        8,
        12,
        6,
        ["Read: Report. Not read: old"],
        sheet="Report",
    ),
    Ugly("strict", strict, ["Customer", "Date", "Amount"], 2, 4, 1, sheet="S"),
    Ugly(
        "cross table", book("pivot.xlsx", cross), refused="a cross table, with a column for each period (1月 ... 4月)"
    ),
    Ugly(
        "lying",
        book("lying.xlsx", lying),
        refused="the table lies on its side, its headings stand in the first column (Customer, City",
    ),
]
