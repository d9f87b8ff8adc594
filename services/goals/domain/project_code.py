"""项目编码: 21 characters, 6 of the region, 2 of the year, 1 of the category, 12 of a number.

The region and the year inside are read, never checked: a district's projects also carry the codes
of the province or city that pays for them (51000021R000000019951 beside 51092324T000010263357), and
a continuing project keeps the code of the year in which it began.
"""

import re
from dataclasses import dataclass

#: The ninth character → the category it stands for.
CATEGORY_OF = {"R": "personnel", "Y": "operation", "T": "specific"}
_FORM = re.compile(r"([0-9]{6})([0-9]{2})([RYT])([0-9]{12})")


@dataclass(frozen=True)
class ProjectCode:
    """What a project's code says."""

    region: str
    year: int
    category: str
    number: str


def parsed(code: str) -> ProjectCode:
    """The parts of a code. Raises ValueError for anything that is none."""
    match = _FORM.fullmatch(code)
    if match is None:
        raise ValueError(f"{code!r} is not a project code")
    return ProjectCode(match[1], 2000 + int(match[2]), CATEGORY_OF[match[3]], match[4])
