"""Small catalogues of our own making, in the shapes in which they are imported."""

import json
from typing import Any


def a_way(
    channel: str = "Trực tiếp", limit: str = "7 Ngày làm việc", **more: str
) -> dict[str, str]:
    fee, described = more.get("fee", "Phí : 0 Đồng"), more.get("description", "")
    return {
        "hinh_thuc": channel,
        "thoi_han_giai_quyet": limit,
        "phi_le_phi": fee,
        "mo_ta": described,
    }


def a_page(code: str = "1.000001", *ways: dict[str, str], **metadata: str) -> dict[str, Any]:
    """A page of the portal; metadata by the portal's own names."""
    return {
        "thu_tuc_id": code,
        "source_file": f"{code}.doc",
        "metadata": {
            "mã_thủ_tục": code,
            "tên_thủ_tục": "Thủ tục mẫu",
            "số_quyết_định": "Quyết định mẫu",
            "cấp_thực_hiện": "Cấp Xã",
            "lĩnh_vực": "Lĩnh vực mẫu",
            **metadata,
        },
        "content": {"trình_tự_thực_hiện": "Bước 1", "từ_khóa": "Không có thông tin"},
        "tables": {
            "hinh_thuc_nop": list(ways or (a_way(),)),
            "thanh_phan_ho_so": [
                {
                    "ten_giay_to": "Tờ khai",
                    "so_luong": "mau.doc",
                    "ghi_chu": "Bản chính: 1\nBản sao: 2",
                },
                {"ten_giay_to": "Giấy tờ khác", "so_luong": "", "ghi_chu": "tùy trường hợp"},
            ],
            "can_cu_phap_ly": [{"so_ky_hieu": "12", "trich_yeu": "Văn bản mẫu"}],
        },
    }


def as_bytes(page: dict[str, Any]) -> bytes:
    return json.dumps(page, ensure_ascii=False).encode()
