"""How many bytes a first page load and a later one transfer, compressed, fonts included."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bench.pages import Page
from bench.server import ask

FIRST_MOST, LATER_MOST = 240_000, 30_000
_IN_HTML = re.compile(r"""<(?:link|script|img|use|source)\b[^>]*?\s(?:href|src)=["']([^"'#]+)""")
_NO_FILE = re.compile(r"""<link\b[^>]*\srel=["'](?:canonical|alternate|next|prev)["'][^>]*>""")
_IMPORT_MAP = re.compile(r"""<script\b[^>]*type=["']importmap["'][^>]*>(.*?)</script>""", re.S)
_IN_CSS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)""")
_IN_JS = re.compile(r"""(?:^|[\s;}])(?:import|export)\b[^"';()]*?["']([^"']+)["']""")
_IN_MAP = re.compile(r"""["']([^"']+)["']\s*:\s*["']([^"']+)["']""")


class Load:
    """What a browser with an empty cache fetches for one page: the page and every file that it leads to."""

    def __init__(self, port: int, headers: dict[str, str]):
        self.port, self.headers = port, headers
        self.sizes: dict[str, int] = {}
        self.plain: list[str] = []
        self.names: dict[str, str] = {}

    def fetch(self, path: str) -> None:
        """Fetch `path` and what it leads to, each once."""
        path = urlsplit(path).path
        if path in self.sizes:
            return
        answer = ask(self.port, path, headers=self.headers)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        self.sizes[path] = len(answer.body)
        kind, encoding = answer.headers.get("content-type", ""), answer.headers.get("content-encoding", "")
        if not encoding and len(answer.body) > 1500 and not kind.startswith(("font/", "image/png", "application/pdf")):
            self.plain.append(path)
        for target in self._targets(path, kind, _decoded(answer.body, encoding)):
            if not target.startswith("data:") and not urlsplit(target).netloc:
                self.fetch(target)

    def _targets(self, path: str, kind: str, text: str) -> Iterator[str]:
        if "html" in kind:
            for content in _IMPORT_MAP.findall(text):
                self.names.update(_IN_MAP.findall(content))
            text = _NO_FILE.sub("", text)
            yield from (urljoin(path, target) for target in _IN_HTML.findall(text))
        elif "css" in kind:
            yield from (urljoin(path, one or other) for one, other in _IN_CSS.findall(text))
        elif "javascript" in kind:
            yield from (urljoin(path, self.names.get(target, target)) for target in _IN_JS.findall(text))


def _decoded(body: bytes, encoding: str) -> str:
    if encoding == "br":
        import brotli

        body = brotli.decompress(body)
    elif encoding == "gzip":
        import gzip

        body = gzip.decompress(body)
    return body.decode(errors="replace")


def report(port: int, headers: dict[str, str], pages: list[Page]) -> bool:
    """Print what each page transfers the first time and later; whether all keep their bounds."""
    fine = True
    largest: dict[str, int] = {}
    for page in pages:
        if "PDF" in page.name:
            continue
        load = Load(port, headers)
        load.fetch(page.path)
        first, later = sum(load.sizes.values()), load.sizes[page.path]
        fine = fine and first <= FIRST_MOST and later <= LATER_MOST
        largest |= load.sizes
        print(
            f"{page.name:22} first {first / 1000:7.1f} kB in {len(load.sizes):3} requests, later {later / 1000:6.1f} kB"
        )
        for path in load.plain:
            print(f"{'':22} not compressed: {path}")
    print("\nthe largest files:")
    for path, size in sorted(largest.items(), key=lambda item: -item[1])[:12]:
        print(f"{size / 1000:9.1f} kB  {path}")
    return fine
