"""统一社会信用代码 (GB 32100-2015): the code every organisation is known by.

The region inside a code is not checked: agencies of 兴庆区 carry 640102, GB/T 2260 says 640104.
"""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS = len(_ALPHABET)


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    weighted = sum(_ALPHABET.index(char) * 3**place for place, char in enumerate(body))
    return _ALPHABET[-weighted % _MODULUS]


def is_uscc(code: str) -> bool:
    """Eighteen characters of the alphabet whose last one fits the others."""
    if len(code) != 18 or not set(code) <= set(_ALPHABET):
        return False
    return code[-1] == check_character(code[:-1])
