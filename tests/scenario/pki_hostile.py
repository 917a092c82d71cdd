# SPDX-License-Identifier: Apache-2.0
"""Subject values that somebody may try: (field, bytes, whether they are fit for a certificate)."""

# One character each, put at the front, in the middle and at the end of a name.
BAD = [0x00, 0x01, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f, 0xa0, 0xad, 0x301, 0x34f, 0x61c, 0x115f,
       0x1680, 0x180e, 0x1ab0, 0x1dc0, 0x2000, 0x2003, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b,
       0x202c, 0x202d, 0x202e, 0x202f, 0x205f, 0x2060, 0x2063, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x20d0, 0x2800, 0x3000,
       0x3099, 0x3164, 0xe000, 0xf8ff, 0xf979, 0xfdd0, 0xfe0f, 0xfe20, 0xfeff, 0xffa0, 0xfff9, 0xfffc, 0xfffd, 0xfffe, 0xffff,
       0x1bca0, 0x1d173, 0x1fffe, 0x2f800, 0xe0001, 0xe0100, 0xf0000, 0x10fffd, 0x10ffff]
GOOD = [0x21, 0x22, 0x23, 0x26, 0x27, 0x2a, 0x2b, 0x2c, 0x2f, 0x3b, 0x3c, 0x3d, 0x3e, 0x5c, 0x7b, 0x7e, 0xa1, 0xe9, 0xff, 0x131,
        0x3b1, 0x430, 0x5d0, 0x627, 0xe01, 0x2014, 0x20ac, 0x2460, 0x3001, 0x300c, 0x3042, 0x30a2, 0x3106, 0x3400, 0x36c3, 0x4e00,
        0x5f20, 0x9fff, 0xac00, 0xfa0e, 0xff08, 0xff21, 0x1f600, 0x1f3e2, 0x20000, 0x20bb7, 0x2a6d6, 0x2b740, 0x30000]
# Not UTF-8 at all: GBK, Latin-1, overlong, surrogates, beyond the last plane, cut short.
BROKEN = ["d5c5c8fd", "c4e9", "c080", "e08080", "f0808080", "eda080", "edbfbf", "f4908080", "f8888080", "80", "bf", "e4b8", "f0a0ae",
          "feff0041", "fffe4100", "c328", "e228a1", "f0288cbc"]


def rows():
    for code in BAD:
        for before, after in (("", "甲"), ("a", "b"), ("甲", "")):
            yield "CN", (before + chr(code) + after).encode("utf-8", "surrogatepass"), False
    for code in GOOD:
        yield "CN", ("甲" + chr(code) + "b").encode(), True
    for text in BROKEN:
        yield "O", bytes.fromhex(text), False
    yield from spaces()
    yield from lengths()
    yield from forms()


def spaces():
    for text in (" ", " a", "a ", "a  b", "  ", "\t"):
        yield "CN", text.encode(), False
    yield "CN", b"a b c", True


def lengths():
    for field, most in (("CN", 64), ("O", 64), ("OU", 64), ("L", 128), ("ST", 128), ("title", 64), ("givenName", 64), ("street", 128)):
        for letter in ("x", "甲", "𠮷"):
            yield field, (letter * most).encode(), True
            yield field, (letter * (most + 1)).encode(), False
        yield field, b"", False
    yield "CN", b"x" * 100000, False
    yield "serialNumber", b"9" * 64, True
    yield "serialNumber", b"9" * 65, False


def forms():
    """Text that would be another name if it were pasted into one."""
    for text in ("a,CN=b", "a/CN=b", "a+O=b", "CN=a", "a=b", "#0c0161", "\\00", "a\\,b", "\"a\"", "<a>", "a;b", "%00", "a'; --",
                 "${jndi:x}", "*.example.com", "=1+1", "@SUM(1)", "张三/91430000", "２０１８", "a#", "\\", "\\\\"):
        yield "CN", text.encode(), True
        yield "OU", text.encode(), True
    for text in ("cn", "C", "CHN", "中国", "C1", "C ", ""):
        yield "C", text.encode(), False
    for text in ("US", "CN"):
        yield "C", text.encode(), True
    for text in ("张", "a*b", "a@b", "a_b", "a\nb", "&"):
        yield "serialNumber", text.encode(), False
    for text in ("91430000MA4L0000X1", "A-1 (2)/3:4=5?", "'"):
        yield "serialNumber", text.encode(), True


SUBJECTS = list(rows())
