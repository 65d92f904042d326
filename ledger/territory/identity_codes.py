"""Identity codes of the 34 provinces in the national portal, by their Vietnamese names.

From the portal's own settings of 2026-10-01, as domain.md 1.1 quotes them. Communes have such codes
too, but no source that we have lists them, so none is made up.
"""

from collections.abc import Mapping
from typing import Final

PROVINCE_CODES: Final[Mapping[str, str]] = {
    "An Giang": "H01",
    "Bắc Ninh": "H05",
    "Cà Mau": "H12",
    "Cần Thơ": "H13",
    "Cao Bằng": "H14",
    "Đắk Lắk": "H15",
    "Đà Nẵng": "H17",
    "Điện Biên": "H18",
    "Đồng Nai": "H19",
    "Đồng Tháp": "H20",
    "Gia Lai": "H21",
    "Hải Phòng": "H24",
    "Hà Nội": "H26",
    "Hà Tĩnh": "H27",
    "Hồ Chí Minh": "H29",
    "Hưng Yên": "H31",
    "Khánh Hòa": "H32",
    "Lai Châu": "H35",
    "Lâm Đồng": "H36",
    "Lạng Sơn": "H37",
    "Lào Cai": "H38",
    "Nghệ An": "H41",
    "Ninh Bình": "H42",
    "Phú Thọ": "H44",
    "Quảng Ngãi": "H48",
    "Quảng Ninh": "H49",
    "Quảng Trị": "H50",
    "Sơn La": "H52",
    "Tây Ninh": "H53",
    "Thái Nguyên": "H55",
    "Thanh Hóa": "H56",
    "Huế": "H57",
    "Tuyên Quang": "H60",
    "Vĩnh Long": "H61",
}
