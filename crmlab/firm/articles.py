"""What an order of the made-up firm is made of: its articles, by kind of customer, and what goes with what."""

from __future__ import annotations

import numpy as np
import pandas as pd

ARTICLES = pd.DataFrame(
    [
        # name, Chinese name, list price in yuan, how often a restaurant, a hotel, a canteen, a shop takes it
        ("Lager, case of 24", "拉格啤酒 24 瓶/箱", 96, 9, 5, 1, 8),
        ("Draught beer, keg of 20 l", "鲜啤 20 升/桶", 260, 5, 4, 0, 0),
        ("Rice wine, case of 6", "黄酒 6 瓶/箱", 180, 4, 2, 0, 2),
        ("Baijiu, case of 6", "白酒 6 瓶/箱", 420, 5, 4, 0, 2),
        ("Red wine, case of 6", "红葡萄酒 6 瓶/箱", 360, 2, 7, 0, 1),
        ("Wine glasses, box of 24", "葡萄酒杯 24 只/盒", 168, 1, 2, 0, 0),
        ("Cola, case of 24", "可乐 24 罐/箱", 60, 6, 5, 4, 9),
        ("Mineral water, case of 24", "矿泉水 24 瓶/箱", 36, 5, 9, 6, 8),
        ("Fruit juice, case of 12", "果汁 12 瓶/箱", 84, 4, 6, 3, 5),
        ("Soy milk, case of 24", "豆奶 24 盒/箱", 72, 1, 2, 7, 4),
        ("Green tea, 1 kg", "绿茶 1 公斤", 160, 4, 5, 1, 3),
        ("Coffee, 1 kg", "咖啡 1 公斤", 130, 1, 6, 1, 1),
        ("Coffee creamer, 1 kg", "奶精 1 公斤", 45, 0, 1, 1, 1),
        ("Soy sauce, case of 12", "酱油 12 瓶/箱", 108, 6, 3, 6, 3),
        ("Vinegar, case of 12", "陈醋 12 瓶/箱", 90, 2, 1, 3, 2),
        ("Cooking oil, 20 l", "食用油 20 升/桶", 190, 7, 4, 8, 2),
        ("Rice, 25 kg", "大米 25 公斤/袋", 130, 6, 4, 9, 2),
        ("Hot pot base, case of 20", "火锅底料 20 包/箱", 240, 4, 1, 1, 2),
        ("Sesame paste, case of 12", "芝麻酱 12 瓶/箱", 156, 1, 0, 1, 1),
        ("Takeaway boxes, 500", "外卖餐盒 500 只", 150, 5, 1, 4, 1),
        ("Chopsticks, 1000 pairs", "一次性筷子 1000 双", 65, 2, 1, 3, 1),
        ("Paper napkins, case", "餐巾纸 1 箱", 70, 5, 5, 4, 5),
        ("Washing-up liquid, 20 kg", "洗洁精 20 公斤/桶", 95, 4, 4, 5, 1),
        ("Guest slippers, 100 pairs", "客房拖鞋 100 双", 180, 0, 6, 0, 0),
    ],
    columns=["name", "name_zh", "price", "restaurant", "hotel", "canteen", "shop"],
    index=pd.Index([f"P{number:02d}" for number in range(1, 25)], name="item"),
)
"""Names, list prices in yuan, and weights by kind of customer. Made up."""

WITH = {"Coffee, 1 kg": ("Coffee creamer, 1 kg", 0.6), "Red wine, case of 6": ("Wine glasses, box of 24", 0.3),
        "Takeaway boxes, 500": ("Chopsticks, 1000 pairs", 0.65), "Hot pot base, case of 20": ("Sesame paste, case of 12", 0.6),
        "Soy sauce, case of 12": ("Vinegar, case of 12", 0.4)}  # fmt: skip
"""With an article often comes another one: which, and in which share of the orders."""
MOST = 5
"""Articles that an order begins with, at most; what goes with them comes on top."""
STEP = 10.0
"""Orders and lines are multiples of so many yuan."""


def lines(orders: pd.DataFrame, kinds: pd.Series, random: np.random.RandomState) -> pd.DataFrame:
    """The lines of ``orders`` (``customer_id``, ``invoice``, ``date``, ``amount``): the same columns and ``item`` (of :data:`ARTICLES`)
    and ``quantity``. The lines of an order add up to it; ``kinds`` gives each customer's kind.

    >>> order = pd.DataFrame({"customer_id": ["C1"], "invoice": [1], "date": ["2025-06-30"], "amount": [1830.0]})
    >>> made = lines(order, pd.Series({"C1": "hotel"}), np.random.RandomState(1))
    >>> float(made["amount"].sum()), bool(made["item"].is_unique)
    (1830.0, True)
    """
    names = {str(name): place for place, name in enumerate(ARTICLES["name"])}
    partner = {names[one]: (names[other], share) for one, (other, share) in WITH.items()}
    weights = {
        kind: np.cumsum(ARTICLES[kind] / ARTICLES[kind].sum()) for kind in ("restaurant", "hotel", "canteen", "shop")
    }
    price = ARTICLES["price"].to_numpy(dtype="float64")
    kind_of = kinds.reindex(orders["customer_id"]).to_list()
    totals = orders["amount"].to_numpy(dtype="float64")
    at: list[int] = []
    items: list[int] = []
    amounts: list[float] = []
    for number, (kind, total) in enumerate(zip(kind_of, totals, strict=True)):
        u = random.random_sample(3 * MOST + 1)
        first = np.searchsorted(weights[kind], u[1 : 1 + MOST][: 1 + int(MOST * u[0])])
        taken = dict.fromkeys(int(one) for one in first)
        for place, one in enumerate(list(taken)):
            if one in partner and u[1 + MOST + place] < partner[one][1]:
                taken[partner[one][0]] = None
        chosen = list(taken)[: max(1, int(total // (2 * STEP)))]
        share = 0.3 + u[1 + 2 * MOST :][np.arange(len(chosen)) % MOST]
        # Whole steps for each, the rest for the first: nothing is lost in rounding.
        parts = np.maximum(STEP, STEP * np.floor(total / STEP * share / share.sum()))
        parts[0] += total - parts.sum()
        at += [number] * len(chosen)
        items += chosen
        amounts += parts.tolist()
    made = orders.iloc[at].reset_index(drop=True)
    made["item"] = ARTICLES.index.to_numpy()[items]
    made["quantity"] = np.maximum(1.0, np.round(np.array(amounts) / price[items]))
    made["amount"] = amounts
    return made
