"""Texts: every sentence of the pages, in Vietnamese and English, by key.

The sentences stand in `texts/*.toml`, one line per key with both languages side by side:
`[home]` and `title = { vi = "…", en = "…" }` make the key `home.title`. A sentence may name values
as `{count}`; both languages name the same ones. Sentences hold no markup: templates do.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.negotiation import Language

LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")
LANGUAGE_NAMES: Final[Mapping[Language, str]] = {"vi": "Tiếng Việt", "en": "English"}
TEXTS_FOLDER: Final = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Give a sentence with its values; a key that is not there is a programmer's mistake."""
        return self.sentences[key].format_map(values)

    def has(self, key: str) -> bool:
        """Tell whether there is such a sentence."""
        return key in self.sentences


def load_sentences() -> dict[str, dict[Language, str]]:
    """Read all sentences by key and language."""
    sentences: dict[str, dict[Language, str]] = {}
    for path in sorted(TEXTS_FOLDER.glob("*.toml")):
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
        for section, members in sections.items():
            for name, by_language in members.items():
                key = f"{section}.{name}"
                assert key not in sentences, key
                sentences[key] = by_language
    return sentences


def load_texts() -> dict[Language, Texts]:
    """Read the catalogue, one `Texts` per language."""
    sentences = load_sentences()
    return {
        language: Texts(language, {key: both[language] for key, both in sentences.items()})
        for language in LANGUAGES
    }


def parse_language(text: str | None) -> Language | None:
    """Read a language code; None for one that the pages do not speak."""
    for language in LANGUAGES:
        if text == language:
            return language
    return None
