"""The made-up customer list: how its rows come about, and the truth behind them.

323 firms are drawn, each with one truth; three sources write them down in their own way, some of them twice to four times, and
faults are planted one by one. So it is known which rows are the same firm and what is wrong where (:func:`truth`). As in
:mod:`tools.survey` only ``random.Random.random`` is drawn from: every machine makes the same file. Telephone numbers begin
with what no network gives out (154, local numbers with 1), mail addresses end in .example: nobody can be reached by them.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

SEED = 13
FIRMS = 323
EXTRA = {2: 65, 3: 8, 4: 1}
"""How many firms stand in the list twice, three times, four times: 84 rows too many."""

# fmt: off
BRANDS = {
    "穗林达": "Suilinda", "恒昱": "Hengyu", "瑞沛": "Ruipei", "联芃": "Lianpeng", "粤禾": "Yuehe", "嘉汐": "Jiaxi",
    "鸿稷": "Hongji", "顺榕": "Shunrong", "凯沐": "Kaimu", "德霖": "Delin", "永珩": "Yongheng", "华岑": "Huacen",
    "新沣": "Xinfeng", "宝屹": "Baoyi", "创澜": "Chuanglan", "东棠": "Dongtang", "富蔚": "Fuwei", "广煦": "Guangxu",
    "海桐": "Haitong", "金垚": "Jinyao", "骏逸": "Junyi", "利铭": "Liming", "美葵": "Meikui", "诺帆": "Nuofan",
    "鹏岳": "Pengyue", "启晟": "Qisheng", "荣澍": "Rongshu", "盛芷": "Shengzhi", "泰翎": "Tailing", "万沅": "Wanyuan",
    "兴朔": "Xingshuo", "亿桦": "Yihua", "裕澄": "Yucheng", "展麒": "Zhanqi", "中荟": "Zhonghui", "卓旻": "Zhuomin",
}
TRADES = {
    "电子": "Electronics", "五金": "Hardware", "塑胶": "Plastics", "食品": "Food", "家具": "Furniture", "玩具": "Toys",
    "服装": "Garments", "印刷": "Printing", "贸易": "Trading", "科技": "Technology", "灯饰": "Lighting", "陶瓷": "Ceramics",
}
TOWNS: dict[str, tuple[str, str, str, float]] = {
    "深圳": ("Shenzhen", "0755", "518", 0.36),
    "东莞": ("Dongguan", "0769", "523", 0.18),
    "广州": ("Guangzhou", "020", "510", 0.16),
    "佛山": ("Foshan", "0757", "528", 0.10),
    "惠州": ("Huizhou", "0752", "516", 0.07),
    "中山": ("Zhongshan", "0760", "528", 0.05),
    "香港": ("Hong Kong", "852", "", 0.08),
}
"""Chinese name: English name, area code, beginning of the postcode, share of the firms."""
STREETS = {
    "创业路": "Chuangye Road", "工业大道": "Gongye Avenue", "和平街": "Heping Street", "科苑路": "Keyuan Road",
    "新安路": "Xin'an Road", "长兴街": "Changxing Street", "龙岗大道": "Longgang Avenue", "环城路": "Huancheng Road",
}
SURNAMES = {
    "陈": "Chen", "李": "Li", "张": "Zhang", "黄": "Huang", "林": "Lin", "吴": "Wu", "刘": "Liu", "梁": "Liang",
    "何": "He", "郑": "Zheng", "罗": "Luo", "叶": "Ye", "谢": "Xie", "邓": "Deng", "冯": "Feng", "周": "Zhou",
}
GIVEN = {
    "志强": "Zhiqiang", "丽华": "Lihua", "建国": "Jianguo", "晓燕": "Xiaoyan", "伟明": "Weiming", "秀英": "Xiuying",
    "海涛": "Haitao", "婷婷": "Tingting", "国栋": "Guodong", "美玲": "Meiling", "永康": "Yongkang", "雪梅": "Xuemei",
    "俊杰": "Junjie", "嘉欣": "Jiaxin", "文斌": "Wenbin", "小红": "Xiaohong",
}
# fmt: on
TITLES = {"经理": "Manager", "总": "", "先生": "Mr", "女士": "Ms", "": ""}
TRADITIONAL = str.maketrans(
    "东广电华新凯兴亿创海联鸿顺荣盛万启鹏诺骏岳汇灯饰达贸业实发宝庄陈张刘黄吴郑罗叶谢邓冯国伟丽晓强涛栋灵贤杰",
    "東廣電華新凱興億創海聯鴻順榮盛萬啟鵬諾駿嶽匯燈飾達貿業實發寶莊陳張劉黃吳鄭羅葉謝鄧馮國偉麗曉強濤棟靈賢傑",
)
FULL_WIDTH = str.maketrans("0123456789()+-", "０１２３４５６７８９（）＋－")

SOURCES = {"Shenzhen office": 0.56, "Hong Kong office": 0.26, "fair cards": 0.18}
# fmt: off
COLUMNS = (
    "row", "source", "name", "contact", "phone", "email", "town", "address", "postcode", "since", "sales", "note", "updated",
)
# fmt: on
TRUTH_COLUMNS = ("row", "firm", "planted")
NOTES = ("wants samples first", "月结 30 天", "喜欢微信联系", "pays on delivery", "交货前先打电话", "prefers e-mail")
PRIVATE = ("daughter has asthma / 女儿有哮喘", "just divorced / 刚离婚", "prays at noon, no calls / 中午礼拜")
LEFT = ("left the firm in May / 五月已离职", "已离职", "no longer there / 人已不在")
TESTS = (
    ("测试", "test", "11111111111"),
    ("test 123", "asdf", "000"),
    ("AAA test firm", "", "123456"),
    ("测试公司请勿删除", "张三", "12345678901"),
    ("xxx", "xxx", "xxx"),
)

Key = TypeVar("Key")


class _Dice:
    """Choices that come from ``random()`` alone."""

    def __init__(self, draw: Callable[[], float]) -> None:
        self.draw = draw

    def of(self, things: Sequence[Key]) -> Key:
        return things[int(self.draw() * len(things))]

    def by(self, shares: dict[Key, float]) -> Key:
        point, below = self.draw() * sum(shares.values()), 0.0
        for key, share in shares.items():
            below += share
            if point < below:
                return key
        return key

    def chance(self, share: float) -> bool:
        return self.draw() < share

    def digits(self, count: int) -> str:
        return "".join(str(int(self.draw() * 10)) for _ in range(count))

    def shuffled(self, things: Sequence[Key]) -> list[Key]:
        return [thing for _place, thing in sorted((self.draw(), thing) for thing in things)]


def _firm(dice: _Dice, number: int, taken: set[tuple[str, str, str]]) -> dict[str, Any]:
    """The truth about one firm."""
    while True:
        brand, trade = dice.of(list(BRANDS)), dice.of(list(TRADES))
        town = dice.by({name: facts[3] for name, facts in TOWNS.items()})
        # Sister firms in another town come in on purpose, below; by chance only another trade.
        if not any((brand, trade, other) in taken for other in TOWNS):
            taken.add((brand, trade, town))
            break
    day = datetime.date(2012, 1, 1) + datetime.timedelta(days=int(dice.draw() * 5100))
    sales = 1000 * (5 + int(dice.draw() ** 3 * 900))
    return {
        "firm": f"F{number:03d}",
        "brand": brand,
        "trade": trade,
        "town": town,
        "limited": dice.by({"有限公司": 0.7, "有限责任公司": 0.12, "股份有限公司": 0.06, "厂": 0.12}),
        "surname": dice.of(list(SURNAMES)),
        "given": dice.of(list(GIVEN)),
        "title": dice.of(list(TITLES)),
        "mobile": "154" + dice.digits(8),
        "landline": "1" + dice.digits(7),
        "has_mobile": dice.chance(0.6),
        "street": dice.of(list(STREETS)),
        "number": 1 + int(dice.draw() * 260),
        "postcode": TOWNS[town][2] + dice.of(["000", "057", "101", "110", "129"]) if TOWNS[town][2] else "",
        "since": day,
        "sales": sales,
        "domain": f"{BRANDS[brand]}{TRADES[trade][:4]}".lower() + ".example",
        "box": dice.of(["info", "sales", "buy", "office"]),
    }


def firms(draw: Callable[[], float]) -> list[dict[str, Any]]:
    """The firms as they truly are, with sisters, near names and shared telephones among them."""
    dice, taken = _Dice(draw), set[tuple[str, str, str]]()
    made = [_firm(dice, number, taken) for number in range(1, FIRMS + 1)]
    # Sister firms: same brand, trade and mail, another town, another telephone.
    for place in range(0, 20, 2):
        one, other = made[place], made[place + 1]
        other |= {key: one[key] for key in ("brand", "trade", "domain")}
        other["town"] = next(town for town in ("东莞", "深圳", "惠州") if town != one["town"])
        other["postcode"] = TOWNS[other["town"]][2] + "000"
    # One switchboard for two firms in one building, which have nothing to do with each other.
    for place in range(20, 30, 2):
        one, other = made[place], made[place + 1]
        other |= {key: one[key] for key in ("town", "landline", "street", "number", "postcode")}
        one["has_mobile"] = other["has_mobile"] = False
    # Same brand, neighbouring trade, same town and street: a group of firms.
    for place in range(30, 42, 2):
        one, other = made[place], made[place + 1]
        other |= {key: one[key] for key in ("brand", "town", "street", "number", "postcode")}
        taken_trades = {firm["trade"] for firm in made if firm["brand"] == one["brand"] and firm is not other}
        other["trade"] = next(trade for trade in TRADES if trade not in taken_trades)
        other["domain"] = f"{BRANDS[other['brand']]}{TRADES[other['trade']][:4]}".lower() + ".example"
    return made


def _name(dice: _Dice, firm: dict[str, Any], source: str) -> str:
    brand, trade, town, form = firm["brand"], firm["trade"], firm["town"], firm["limited"]
    english = f"{BRANDS[brand]} {TRADES[trade]}"
    if (source == "Hong Kong office" and dice.chance(0.62)) or (source == "fair cards" and dice.chance(0.35)):
        ending = dice.of(["Co., Ltd.", "Co Ltd", "Limited", "Ltd.", "Co., Limited"])
        place = TOWNS[town][0]
        return dice.by(
            {
                f"{english} {ending}": 0.4,
                f"{english} ({place}) {ending}": 0.25,
                f"{place} {english} {ending}": 0.25,
                f"{english.upper()} {ending.upper()}": 0.1,
            }
        )
    if form == "厂":
        chinese = dice.by({f"{town}市{brand}{trade}厂": 0.5, f"{brand}{trade}厂": 0.5})
    else:
        chinese = dice.by(
            {
                f"{town}市{brand}{trade}{form}": 0.42,
                f"{brand}{trade}（{town}）{form}": 0.2,
                f"{brand}{trade}{form}": 0.16,
                f"{brand}{trade}": 0.14,
                f" {brand} {trade}{form}": 0.08,
            }
        )
    if town == "香港":
        chinese = chinese.replace("香港市", "香港")
    return chinese.translate(TRADITIONAL) if source == "Hong Kong office" else chinese


def _contact(dice: _Dice, firm: dict[str, Any], english: bool) -> str:
    surname, given, title = firm["surname"], firm["given"], firm["title"]
    if english:
        before = TITLES[title] if TITLES[title] in ("Mr", "Ms") else ""
        return f"{before} {SURNAMES[surname]} {GIVEN[given]}".strip()
    if title == "总":
        return dice.by({f"{surname}总": 0.5, f"{surname}{given}": 0.5})
    return dice.by({f"{surname}{given}{title}": 0.5, f"{surname}{given}": 0.35, f"{surname}{title or given}": 0.15})


def _phone(dice: _Dice, firm: dict[str, Any], source: str) -> str:
    code = TOWNS[firm["town"]][1]
    if code == "852":
        local = firm["landline"]
        return dice.of([f"+852 {local[:4]} {local[4:]}", f"852-{local}", f"(852) {local[:4]}-{local[4:]}"])
    if firm["has_mobile"]:
        m = firm["mobile"]
        return dice.of(
            [m, f"{m[:3]} {m[3:7]} {m[7:]}", f"+86 {m}", f"{m[:3]}-{m[3:7]}-{m[7:]}", m.translate(FULL_WIDTH)]
        )
    local = firm["landline"]
    ways = [
        f"{code}-{local}",
        f"({code}) {local}",
        f"+86 {code[1:]} {local[:4]} {local[4:]}",
        f"{code} {local[:4]} {local[4:]}",
    ]
    if source == "Shenzhen office":
        ways.append(f"（{code}）{local}".translate(FULL_WIDTH))
    return dice.of(ways)


def _day(dice: _Dice, day: datetime.date, source: str) -> str:
    if source == "Hong Kong office":
        return day.strftime("%d/%m/%Y")
    if source == "fair cards":
        return dice.of([day.strftime("%Y.%m.%d"), day.strftime("%Y%m%d")])
    return dice.of([day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日"])


def _sales(dice: _Dice, sales: int, source: str) -> str:
    if source == "Hong Kong office":
        return f"HKD {round(sales * 1.1, -3):,.0f}"
    if source == "fair cards":
        return ""
    return dice.by({f"{sales:,}": 0.5, f"{sales / 10000:g}万": 0.35, f"{sales}元": 0.15})


def _write(dice: _Dice, firm: dict[str, Any], source: str, again: bool) -> dict[str, Any]:
    """One row as that source writes it; ``again`` is a later one of the same firm, which may know less or newer things."""
    name = _name(dice, firm, source)
    english = name.isascii()
    firm = dict(firm)
    if again and dice.chance(0.25):
        firm["has_mobile"] = not firm["has_mobile"]
    if again and dice.chance(0.2):
        firm["surname"], firm["given"], firm["mobile"] = (
            dice.of(list(SURNAMES)),
            dice.of(list(GIVEN)),
            "154" + dice.digits(8),
        )
    place, contact = TOWNS[firm["town"]], _contact(dice, firm, english)
    address = f"{firm['number']} {STREETS[firm['street']]}" if english else f"{firm['street']}{firm['number']}号"
    updated = max(firm["since"], datetime.date(2019, 1, 1)) + datetime.timedelta(days=int(dice.draw() * 1900))
    if again:
        updated += datetime.timedelta(days=30 + int(dice.draw() * 280))
    return {
        "source": source,
        "name": name,
        "contact": contact.translate(TRADITIONAL) if source == "Hong Kong office" else contact,
        "phone": "" if dice.chance(0.11) else _phone(dice, firm, source),
        "email": "" if dice.chance(0.32) else f"{firm['box']}@{firm['domain']}",
        "town": place[0] if english else firm["town"],
        "address": "" if dice.chance(0.15) else address,
        "postcode": "" if dice.chance(0.1) else firm["postcode"],
        "since": _day(dice, firm["since"], source),
        "sales": _sales(dice, firm["sales"], source),
        "note": dice.of(NOTES) if dice.chance(0.18) else "",
        "updated": min(updated, datetime.date(2026, 9, 25)).isoformat(),
    }


def _plant(dice: _Dice, rows: list[dict[str, Any]]) -> None:
    """Write the faults into rows that have none yet."""

    def some(count: int, fits: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
        free = [row for row in rows if not row["planted"] and fits(row)]
        order = dice.shuffled(list(range(len(free))))[:count]
        return [free[place] for place in order]

    def mark(row: dict[str, Any], fault: str, **cells: str) -> None:
        row |= cells
        row["planted"] = fault

    wrong_days = ("2021-02-30", "0000-00-00", "2029-05-01", "2020年13月3日", "1900-01-00", "last year", "2021.6")
    for place, row in enumerate(some(14, lambda row: row["source"] != "Hong Kong office")):
        mark(row, "bad date", since=wrong_days[place % len(wrong_days)])
    for row in some(9, lambda row: len(row["phone"]) > 9):
        mark(row, "short phone", phone=row["phone"][:-1])
    for row in some(7, lambda row: row["phone"] and row["contact"]):
        mark(row, "swapped", phone=row["contact"], contact=row["phone"])
    for place, row in enumerate(some(12, lambda row: row["postcode"])):
        start = "523" if row["postcode"].startswith("518") else "518"
        mark(row, "wrong postcode", postcode=row["postcode"][:5] if place % 2 else start + row["postcode"][3:])
    for row in some(10, lambda row: row["sales"].endswith("万")):
        mark(row, "no unit", sales=row["sales"].removesuffix("万"))
    for place, row in enumerate(some(9, lambda row: "@" in row["email"])):
        mark(row, "broken mail", email=row["email"].replace("@", (" at ", "＠", "")[place % 3]))
    for place, row in enumerate(some(11, lambda row: row["contact"])):
        mark(row, "person left", note=LEFT[place % len(LEFT)])
    for place, row in enumerate(some(6, lambda row: not row["note"])):
        mark(row, "private note", note=PRIVATE[place % len(PRIVATE)])


def _made(seed: int) -> list[dict[str, Any]]:
    draw = random.Random(seed).random
    dice = _Dice(draw)
    real = firms(draw)
    order = dice.shuffled(list(range(42, FIRMS))) + list(range(42))
    times = dict.fromkeys(range(FIRMS), 1)
    for count, many in EXTRA.items():
        for place in [order.pop(0) for _ in range(many)]:
            times[place] = count
    rows: list[dict[str, Any]] = []
    for place, firm in enumerate(real):
        sources = dice.shuffled(list(SOURCES))
        for turn in range(times[place]):
            source = sources[turn % 3] if turn else dice.by(SOURCES)
            if turn and dice.chance(0.35):
                source = rows[-1]["source"]
            rows.append(_write(dice, firm, source, turn > 0) | {"firm": firm["firm"], "planted": ""})
    _plant(dice, rows)
    for name, contact, phone in TESTS:
        cells = dict.fromkeys(COLUMNS, "") | {"name": name, "contact": contact, "phone": phone}
        rows.append(cells | {"source": "Shenzhen office", "updated": "2024-03-01", "firm": "", "planted": "test row"})
    rows = [rows[place] for place in dice.shuffled(list(range(len(rows))))]
    for number, row in enumerate(rows, start=1):
        row["row"] = f"R{number:03d}"
    return rows


def rows(seed: int = SEED) -> list[dict[str, Any]]:
    """The list, one dictionary a row; an empty cell is an empty text."""
    return [{column: row[column] for column in COLUMNS} for row in _made(seed)]


def truth(seed: int = SEED) -> list[dict[str, Any]]:
    """Which firm each row is (empty: none, a test row), and the fault that was planted in it."""
    return [{column: row[column] for column in TRUTH_COLUMNS} for row in _made(seed)]
