"""Web pages: the text of the article, without what surrounds it on every page."""

from __future__ import annotations

import re
from typing import Any, Final

import lxml.html  # type: ignore[import-untyped]

from knowledge.documents.document import Document, Paragraph, UnreadableDocument
from knowledge.documents.plain import decoded
from knowledge.documents.tables import BESIDE, rows

_LEFT_OUT = re.compile(
    r"script|style|nav|footer|aside|form|button|select|noscript|iframe|template|svg|head|menu|object"
    r"|audio|video|canvas|textarea"
)
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navi|menu|breadcrumb|crumbs?|sidebar|footer|foot|copyright|share|toolbar"
    r"|pagination|pager|related|comments?|banner|ads?|search|login|position|location|weizhi)"
    r"(?:$|[\s_-])",
    re.I,
)
_LINES = re.compile(
    r"address|article|blockquote|body|center|d[dlt]|div|fieldset|fig(?:caption|ure)|h[1-6r]|header|html"
    r"|li|main|[ou]l|p|pre|section|table|t[dhr]|summary|details|caption"
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
"""Elements whose text is a heading, and of which level."""

_FURNITURE = re.compile(
    r"(?:当前位置|您(?:现在)?的?位置|首页)[：:>》\s].*|(?:上|下)一[篇条][：:].*|分享到.*|打印(?:本页)?|关闭(?:窗口|本页)?"
    r"|(?:(?:(?:信息|文章|稿件)?来源|作者|(?:责任)?编辑|浏览(?:次数|量)?|点击(?:数|率|次数)?|阅读(?:量|次数)?|访问量"
    r"|(?:发布|更新|发表)(?:时间|日期)|日期(?=[：:]\s*\d))[：:]\s*\S{0,30}\s*(?:\d\d:\d\d(?::\d\d)?\s*)?(?:次\s*)?"
    r"|字[体号][：:]\s*[【\[（(]?\s*大\s*中\s*小\s*[】\])）]?\s*)+"
    r"|字[号体]大?小?[：:].*|返回(?:顶部|首页|列表)|.*版权所有.*|copyright.*|©.*"
    r"|.*ICP备.*|.*公网安备.*|无障碍(?:浏览|阅读)?|【?字体[：:].*|(?:主办|承办|技术支持)[：:].*",
    re.I,
)
_ROLES: Final = ("navigation", "banner", "contentinfo", "search")
_HIDDEN: Final = "display:none"
_BLOCKS = re.compile("div|[uod]l|section|header|p|span|td")
_SHORT: Final = 400
"""What surrounds an article has less text than this; a class may be called position anyway."""

_DEEPEST: Final = 200
_MOSTLY_LINKS: Final = 0.6
_FEW: Final = 3
"""A block of at least so many links, of which most of its text is, leads to other pages."""


def read(data: bytes) -> Document:
    """Read a web page. Raises UnreadableDocument."""
    text, doubts = decoded(data)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = lxml.html.document_fromstring(text)
    except (ValueError, lxml.etree.LxmlError) as problem:
        raise UnreadableDocument("the web page has no text") from problem
    found = _Lines()
    try:
        found.walk(_article(root))
    except (ValueError, RecursionError) as problem:
        raise UnreadableDocument("the web page is damaged") from problem
    paragraphs = tuple(one for one in found.done() if not _FURNITURE.fullmatch(one.text.strip()))
    title = _title(root)
    return Document(paragraphs, {"title": title} if title else {}, doubts)


def _article(root: Any) -> Any:
    """Return the element that holds the article, the whole body where none is marked."""
    marked = root.xpath("//article | //main | //*[@role='main']")
    longest = max(marked, key=_length, default=None)
    body = root.find("body")
    whole = root if body is None else body
    if longest is None or _length(longest) * 2 < _length(whole):
        return whole
    return longest


def _title(root: Any) -> str:
    """Return the heading of the page, where it stands outside of the article too."""
    named = root.xpath("//meta[@name='ArticleTitle']/@content") or [
        heading.text_content() for heading in root.xpath("//h1")
    ]
    return " ".join(named[0].split()) if named else ""


def _length(element: Any) -> int:
    return len("".join(element.text_content().split()))


class _Lines:
    """The lines of a page, gathered on the way through its elements."""

    def __init__(self) -> None:
        self._found: list[Paragraph] = []
        self._open: list[str] = []

    def done(self) -> list[Paragraph]:
        """Return every line that was found."""
        self._end()
        return self._found

    def walk(self, element: Any, level: int = 0, depth: int = 0) -> None:
        """Gather the text of an element and of what is in it; ``level`` is its heading's."""
        self._say(element.text)
        for count, child in enumerate(element, 1):
            name = child.tag if isinstance(child.tag, str) else ""
            if name and not (_LEFT_OUT.fullmatch(name) or _is_around(child)) and depth < _DEEPEST:
                self._enter(child, level, depth, count)
            self._say(child.tail)

    def _enter(self, child: Any, level: int, depth: int, count: int) -> None:
        if child.tag == "br":
            self._end(level)
        elif child.tag == "table" and not _is_frame(child):
            self._end(level)
            self._found += rows(_table(child), is_named=_has_names(child))
        elif child.tag == "dl":
            self._end(level)
            self._tell_terms(child)
        elif _LINES.fullmatch(child.tag):
            heading = _HEADINGS.get(child.tag, level)
            self._end(level)
            self._say(_number(child, count))
            self.walk(child, heading, depth + 1)
            self._end(heading)
            if child.tag == "li":
                self._close()
        else:
            self.walk(child, level, depth + 1)

    def _tell_terms(self, list_: Any) -> None:
        """Tell each term with all that is said of it as one line."""
        for part in list_.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
            if part.tag == "dt":
                self._end()
                self._close()
            self._say(" " + " ".join(_cell(part).split()))
        self._end()
        self._close()

    def _close(self) -> None:
        """End a line: nothing goes on from it."""
        self._found.append(Paragraph("", level=1))

    def _say(self, text: str | None) -> None:
        if text:
            self._open.append(" ".join(f"_{text}_".split())[1:-1])

    def _end(self, level: int = 0) -> None:
        line = "".join(self._open).strip()
        self._open = []
        if line:
            self._found.append(Paragraph(line, level=level))


def _number(element: Any, count: int) -> str:
    """Return the number that a browser writes in front of an item of an ordered list."""
    parent = element.getparent()
    if element.tag != "li" or parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start", "1")
    first = int(start) if start.isdecimal() else 1
    return f"{first + count - 1}. "


def _is_around(element: Any) -> bool:
    """Tell what leads to other pages or belongs to the site from the article."""
    style = element.get("style", "").replace(" ", "")
    if element.get("role") in _ROLES or element.get("hidden") is not None or _HIDDEN in style:
        return True
    if not _BLOCKS.fullmatch(element.tag):
        return False
    length, links = _length(element), element.xpath(".//a")
    if len(links) >= _FEW and sum(map(_length, links)) >= length * _MOSTLY_LINKS:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return bool(_AROUND.search(names)) and length < _SHORT


def _is_frame(table: Any) -> bool:
    """Tell a table that only places things on the page from one that says something."""
    if table.xpath(".//table | .//h1 | .//h2 | .//h3"):
        return True
    widest = max((len(row.xpath("./td | ./th")) for row in table.xpath(".//tr")), default=0)
    return widest < 2


def _table(table: Any) -> list[list[str | None]]:
    """Return the texts of a table's cells: None where one reaches down, BESIDE to the side."""
    down: dict[int, int] = {}
    found: list[list[str | None]] = []
    for row in table.xpath(".//tr"):
        cells: list[str | None] = []
        for cell in row.xpath("./td | ./th"):
            _fill(cells, down)
            for text in (_cell(cell), *[BESIDE] * (_reach(cell, "colspan") - 1)):
                down[len(cells)] = _reach(cell, "rowspan") - 1
                cells.append(text)
        _fill(cells, down)
        found.append(cells)
    return found


def _has_names(table: Any) -> bool:
    """Tell whether the first row of a table has nothing but names."""
    first = next(iter(table.xpath(".//tr")), None)
    return first is not None and bool(first.xpath("./th")) and not first.xpath("./td")


def _fill(cells: list[str | None], down: dict[int, int]) -> None:
    """Leave the columns open into which a cell of an upper row reaches."""
    while down.get(len(cells), 0) > 0:
        down[len(cells)] -= 1
        cells.append(None)


def _reach(cell: Any, way: str) -> int:
    """Return over how many rows or columns a cell reaches."""
    reach = cell.get(way, "1")
    return min(max(int(reach), 1), 100) if reach.isdecimal() else 1


def _cell(cell: Any) -> str:
    lines = _Lines()
    lines.walk(cell)
    return "\n".join(line.text for line in lines.done())
