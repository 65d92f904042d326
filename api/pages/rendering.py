"""Rendering: templates, the stylesheet by its content hash, and the headers every page carries.

The policy lets a page load its stylesheet and images from here and post its forms here; nothing
else: no script, no inline style, no frame, no other host.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from falcon.asgi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.negotiation import Language, preferred_language
from api.pages.formats import machine_time
from api.pages.statistics import figure_cells, identity_holds
from api.pages.texts import LANGUAGE_NAMES, LANGUAGES, load_texts, parse_language
from api.pages.words import Words, all_words
from api.parts import Clock
from api.settings import Settings

PAGES_FOLDER: Final = Path(__file__).parent
STATIC_FILES: Final[Mapping[str, str]] = {
    "style.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTML_MEDIA_TYPE: Final = "text/html; charset=utf-8"
HASH_HEX_SHOWN: Final = 16


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages load, under an address that changes with its content."""

    name: str
    data: bytes
    media_type: str
    content_hash: str

    @property
    def address(self) -> str:
        """Give the address that may be cached for ever."""
        return f"/static/{self.name}?v={self.content_hash}"


def load_static_files() -> dict[str, StaticFile]:
    """Read the files that pages load."""
    files = {}
    for name, media_type in STATIC_FILES.items():
        data = (PAGES_FOLDER / "static" / name).read_bytes()
        content_hash = hashlib.sha256(data).hexdigest()[:HASH_HEX_SHOWN]
        files[name] = StaticFile(name, data, media_type, content_hash)
    return files


@dataclass(frozen=True, slots=True)
class BannerLine:
    """One line of the label that demonstration data carry, in its language."""

    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One entry of the language switch."""

    language: Language
    name: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around the content of every page.

    Without cookies the language travels in the links, once somebody has chosen it. A page that
    answers a form is asked for in another language by a form with the fields ``posted``.
    """

    language: Language
    is_chosen: bool
    section: str
    languages: tuple[LanguageChoice, ...]
    posted: Mapping[str, str]
    banner: tuple[BannerLine, ...]
    stylesheet: str
    icon: str

    def link(self, path: str, **query: object) -> str:
        """Give an address on this site that keeps the chosen language."""
        kept = {name: str(value) for name, value in query.items()}
        if self.is_chosen:
            kept["lang"] = self.language
        return address_of(path, kept)


@dataclass(frozen=True, slots=True)
class Page:
    """One page to render: its template, its place among the sections, what it shows.

    ``path`` and ``query`` name the page in another language; they never hold a secret, nor does
    ``posted``: the fields of the form that asks for it. ``is_personal`` pages are kept by no cache.
    """

    template: str
    section: str
    path: str
    values: Mapping[str, object]
    query: Mapping[str, str]
    is_personal: bool = False
    posted: Mapping[str, str] = field(default_factory=dict)


def address_of(path: str, query: Mapping[str, str]) -> str:
    """Join a path and its query."""
    return f"{path}?{urlencode(query)}" if query else path


def api_link(path: str, query: Mapping[str, str], format_name: str) -> str:
    """Give the address of figures in one format."""
    return address_of(path, {**query, "format": format_name})


def make_environment() -> Environment:
    """Make the template environment: everything is escaped, an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(PAGES_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        machine_time=machine_time,
        identity_holds=identity_holds,
        figure_cells=figure_cells,
        api_link=api_link,
    )
    return environment


class Renderer:
    """Turns pages into responses, in the language that a request asks for."""

    def __init__(self, settings: Settings, clock: Clock):
        self._settings = settings
        self._clock = clock
        self._environment = make_environment()
        self._words = all_words(load_texts())
        self.static_files = load_static_files()

    def words(self, request: Request) -> Words:
        """Give the words of a request's language: chosen in the address, or else accepted."""
        chosen = _chosen_language(request)
        accepted = preferred_language(request.get_header("Accept-Language"))
        return self._words[chosen or accepted]

    def address(self, request: Request) -> str:
        """Give scheme and authority under which readers know this server."""
        return self._settings.public_address or str(request.prefix)

    def answer(self, request: Request, response: Response, page: Page) -> None:
        """Write a page into a response with its headers."""
        words = self.words(request)
        response.data = self.render(request, page).encode()
        response.content_type = HTML_MEDIA_TYPE
        for name, value in PAGE_HEADERS.items():
            response.set_header(name, value)
        response.set_header("Content-Language", words.language)
        response.append_header("Vary", "Accept-Language")
        response.set_header("Cache-Control", "no-store" if page.is_personal else "no-cache")

    def render(self, request: Request, page: Page) -> str:
        """Write a page as HTML."""
        words = self.words(request)
        return self._environment.get_template(page.template).render(
            shell=self._shell(request, words, page),
            words=words,
            t=words.texts,
            f=words.formats,
            **page.values,
        )

    def _shell(self, request: Request, words: Words, page: Page) -> Shell:
        return Shell(
            language=words.language,
            is_chosen=_chosen_language(request) is not None,
            section=page.section,
            languages=tuple(
                LanguageChoice(
                    language=language,
                    name=LANGUAGE_NAMES[language],
                    address=address_of(page.path, {**page.query, "lang": language}),
                    is_current=language == words.language,
                )
                for language in LANGUAGES
            ),
            posted=page.posted,
            banner=self._banner(words.language),
            stylesheet=self.static_files["style.css"].address,
            icon=self.static_files["icon.svg"].address,
        )

    def _banner(self, language: Language) -> tuple[BannerLine, ...]:
        """Label demonstration data in both languages, the reader's first."""
        is_simulated = self._settings.clock == "simulated"
        if not (self._settings.demo or is_simulated):
            return ()
        lines = []
        for one in sorted(LANGUAGES, key=lambda other: other != language):
            words = self._words[one]
            if is_simulated:
                now = words.formats.second(self._clock())
                lines.append(BannerLine(one, words.texts("banner.demo", time=now)))
            else:
                lines.append(BannerLine(one, words.texts("banner.demo_data")))
        return tuple(lines)


def _chosen_language(request: Request) -> Language | None:
    return parse_language(request.get_param("lang"))
