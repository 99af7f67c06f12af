"""Names of firms, in English and as a Chinese firm is called; all made up."""

from __future__ import annotations

import numpy as np

TRADERS = (
    ("Hengda Drinks and Dining Supplies", "恒达酒水餐饮用品"),
    ("Ruifeng Catering Supplies", "瑞丰餐饮用品"),
    ("Jinhe Drinks and Dry Goods", "津和酒水副食"),
    ("Shunyuan Hotel Supplies", "顺源酒店用品"),
    ("Mingtai Drinks Trading", "明泰酒水商贸"),
    ("Baichuan Catering Supplies", "百川餐饮用品"),
    ("Xinyu Food and Drinks", "鑫宇食品酒水"),
    ("Donglai Dining Supplies", "东来餐饮用品"),
)
"""The firm itself."""

KINDS = {
    "restaurant": (("Restaurant", "酒楼"), ("Noodle House", "面馆"), ("Hot Pot", "火锅店"), ("Fish House", "渔庄")),
    "hotel": (("Hotel", "大酒店"), ("Inn", "客栈")),
    "canteen": (("School Canteen", "学校食堂"), ("Works Canteen", "厂区食堂")),
    "shop": (("Corner Store", "便利店"), ("Tea House", "茶庄")),
}
"""What a customer may be, and how such firms are called."""

_FIRST = (
    *(("Golden Carp", "金鲤"), ("Old Pier", "老渡口"), ("Red Lantern", "红灯笼"), ("Willow Bank", "柳岸")),
    *(("Lotus", "荷香"), ("Three Rivers", "三江"), ("White Crane", "白鹤"), ("Jade Well", "玉泉")),
    *(("Plum Lane", "梅巷"), ("Sunrise", "旭日"), ("South Gate", "南门"), ("Green Bamboo", "翠竹")),
    *(("Full Moon", "满月"), ("Spring Hill", "春山"), ("Osprey", "鱼鹰"), ("Silver Bridge", "银桥")),
    *(("Morning Bell", "晨钟"), ("Nine Steps", "九阶"), ("Harbour View", "望港"), ("Orchid", "兰庭")),
    *(("Big Stove", "大灶头"), ("Maple", "枫林"), ("Happy Wells", "福井"), ("Stone Lion", "石狮")),
    *(("Swallow", "燕归"), ("Clear Stream", "清溪"), ("Pine Court", "松苑"), ("East Market", "东市")),
    *(("Warm Hearth", "暖炉"), ("Two Springs", "双泉")),
)


def many(random: np.random.RandomState, kinds: list[str]) -> list[tuple[str, str]]:
    """A name of its own for each of some firms of these kinds, in both languages.

    Raises ``ValueError`` for more of a kind than there are names.

    >>> many(np.random.RandomState(1), ["hotel", "hotel"])
    [('Willow Bank Inn', '柳岸客栈'), ('Happy Wells Inn', '福井客栈')]
    """
    left = {}
    for kind, seconds in KINDS.items():
        pairs = [(first, second) for first in _FIRST for second in seconds]
        left[kind] = [pairs[at] for at in random.permutation(len(pairs))]
    found = []
    for kind in kinds:
        if not left[kind]:
            raise ValueError(f"There are not so many names for a {kind}.")
        first, second = left[kind].pop()
        found.append((f"{first[0]} {second[0]}", first[1] + second[1]))
    return found
