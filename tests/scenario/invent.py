# SPDX-License-Identifier: Apache-2.0
"""Invented people, units and pictures with right check digits; the same for the same seed."""
import io
import random

from PIL import Image, ImageDraw

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
GIVEN = "安宁和平文明建国志强晓红雨晨思远嘉怡子涵"
TRADES = ("建筑工程", "装饰工程", "监理咨询", "工程造价", "勘察设计")
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

SCANS = {}


def id_number(rng):
    digits = "430102%04d%02d%02d%03d" % (rng.randint(1955, 2004), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 999))
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, ID_WEIGHTS)) % 11]


def credit_code(rng):
    organisation = "%08d" % rng.randrange(10 ** 8)
    check = (11 - sum(int(d) * w for d, w in zip(organisation, ORG_WEIGHTS)) % 11) % 11
    code = "91430102" + organisation + "0123456789X"[check]
    total = sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + USCC[(31 - total % 31) % 31]


def mobile(rng):
    return "199%08d" % rng.randrange(10 ** 8)


def name(rng):
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))


def unit_name(rng):
    return "示范" + "".join(rng.sample("宏远恒基天成瑞丰华信嘉业永固正大新元", 4)) + rng.choice(TRADES) + "有限公司"


def picture(rng, kind="JPEG", width=1240, height=1754, dpi=100):
    """A page of an invented scan."""
    image = Image.new("RGB", (width, height), (250, 250, 245))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = rng.randrange(width), rng.randrange(height)
        draw.rectangle((x, y, x + rng.randrange(20, 400), y + rng.randrange(2, 30)), fill=(rng.randrange(120),) * 3)
    out = io.BytesIO()
    image.save(out, kind, dpi=(dpi, dpi), **({"quality": 60} if kind == "JPEG" else {}))
    return out.getvalue()


def scan(rng):
    """A page that is quick to make: one of a few, each time the same bytes."""
    number = rng.randrange(4)
    if number not in SCANS:
        SCANS[number] = picture(random.Random(number))
    return SCANS[number]


class Person:
    """An applicant and their firm, as they fill in forms."""

    def __init__(self, seed):
        rng = self.rng = random.Random(seed)
        self.phone, self.password = mobile(rng), "Zheng-shu-%06d" % rng.randrange(10 ** 6)
        self.email = "p%s@hall.example" % self.phone
        self.name, self.document, self.unit, self.code = name(rng), id_number(rng), unit_name(rng), credit_code(rng)
        self.user_name = "u%010d" % rng.randrange(10 ** 10)

    def closing(self, medium, years):
        return {"years": str(years), "seal": "no", "question": "book", "answer": "红楼梦", "medium": medium}

    def unit_values(self, medium="soft", years=1):
        return {"user_name": self.user_name, "unit_name": self.unit, "unit_phone": "0731-8%07d" % self.rng.randrange(10 ** 7),
                "unit_email": self.email, "unit_region": "430102", "unit_address": "示范路 12 号 3 层", "unit_postcode": "410000",
                "unit_document_type": "uscc", "unit_document_no": self.code, "handler_name": self.name,
                "handler_phone": self.phone, "handler_email": self.email, "handler_document_type": "idcard",
                "handler_document_no": self.document, **self.closing(medium, years)}

    def personal_values(self, medium="soft", years=1):
        return {"applicant_name": self.name, "user_name": self.user_name, "applicant_document_type": "idcard",
                "applicant_document_no": self.document, "work_unit": self.unit, "department": "工程部",
                "applicant_email": self.email, "applicant_phone": self.phone, "applicant_mobile": self.phone,
                "applicant_region": "430102", "applicant_address": "示范路 12 号 3 层", "applicant_postcode": "410000",
                "handler_same": "yes", "signature": "no", **self.closing(medium, years)}

    def values(self, kind, medium="soft", years=1):
        return self.unit_values(medium, years) if kind == "unit_issue" else self.personal_values(medium, years)
