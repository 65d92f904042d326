"""Words as a search compares them: without diacritics, without case, without punctuation.

Vietnamese is often typed without its marks: `Đăng ký khai sinh` and `dang ky khai sinh` are the
same words here. `đ` has no combining mark to lose, so it is replaced on its own.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_NOT_A_WORD: Final = re.compile(r"[\W_]+")


def fold_text(text: str) -> str:
    """Give a text's words, folded, one space between them."""
    # Decomposed on both sides of casefold: each of the two can bring back what the other removed.
    folded = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NOT_A_WORD.sub(" ", bare).strip()


def fold_all(texts: Iterable[str]) -> str:
    """Give the words of several texts, each between spaces, in one line to be searched."""
    return f" {' '.join(folded for text in texts if (folded := fold_text(text)))} "
