import pytest

from domain.procedures.search_words import fold_all, fold_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký khai sinh", "dang ky khai sinh"),
        ("ĐỔI GIẤY PHÉP LÁI XE", "doi giay phep lai xe"),
        ("Đa\u0306ng ky\u0301", "dang ky"),
        ("1.004222", "1 004222"),
        ("Sổ BHXH, thẻ BHYT", "so bhxh the bhyt"),
        ("100%_an toàn", "100 an toan"),
        (" \n ", ""),
    ],
)
def test_words_lose_marks_case_and_punctuation(text: str, folded: str) -> None:
    assert fold_text(text) == folded


def test_texts_stand_in_one_line_between_spaces() -> None:
    assert fold_all(("Hộ tịch", "", "Cư trú")) == " ho tich cu tru "
