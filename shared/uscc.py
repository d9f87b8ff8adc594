"""统一社会信用代码 (GB 32100-2015): the code every organisation is known by.

The region inside a code is not checked: agencies of 兴庆区 carry 640102, GB/T 2260 says 640104.
"""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS = len(_ALPHABET)
_LENGTH = 18


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    weighted = sum(_ALPHABET.index(char) * 3**place for place, char in enumerate(body))
    return _ALPHABET[-weighted % _MODULUS]


def is_uscc(code: str) -> bool:
    """Eighteen characters of the alphabet whose last one fits the others."""
    return mistake_in(code) is None


def mistake_in(code: str) -> str | None:
    """Which character is wrong and what the check character should be; None for a sound code."""
    if len(code) != _LENGTH:
        return f"统一社会信用代码应为 {_LENGTH} 位，现为 {len(code)} 位"
    body, last = code[:-1], code[-1]
    for place, char in enumerate(body, start=1):
        if char not in _ALPHABET:
            return f"第 {place} 位“{char}”不可用：只用数字和大写字母，且不用 I、O、Z、S、V"
    due = check_character(body)
    if last != due:
        return f"第 {_LENGTH} 位（校验码）是“{last}”，按前 17 位应为“{due}”"
    return None
