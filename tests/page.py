"""A strict client: it reads pages as a browser would and checks the house rules on every answer.

page = client.get("/minh-tam/")                     every full page is checked (see `faults`)
page.text, page.title, page.select("article h2")    what stands on it
page = page.click("Đặt câu hỏi")                    follow the link with this text
form = page.form("ask")                             by id, by action, or by the text of a button
form.fill("Câu hỏi", "Bao giờ sửa đường?")          by label or by name; choices by their label
form.check("Tôi đồng ý")
thanks = form.submit().follow()                     303, then the page behind it
client.post("/office/...", {"name": "x"}, status=422, htmx=True)   a fragment, checked too
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag
from itsdangerous import URLSafeTimedSerializer

LEAKS = re.compile(
    r"%\(|\{\{|\}\}|\{%|%\}|\bUndefined\b|&(lt|gt|amp|quot|#\d+);"
    r"|<[\w.]+ object at 0x|LazyString|(?<![\w-])None(?![\w-])"
)
LEAKY = re.compile(r"[%{}&<]|Undefined|LazyString|None")  # looked for first: nothing else can become one of the above
# No session stands behind these: the switch of the language, a question without account, the asker's own page by code,
# a guest's own page by link, news by e-mail, the own promises by the link of a message, following a promise, the tablet
# at the desk.
TOKENLESS = re.compile(
    r"/language|/d/[^/]+/ask(/similar|/same/\d+)?|/r/[^/]+|/tablet/[^/]+/\d+"
    r"|/q/[^/]+/(consents|withdraw|correct|contact|my-data|erase|rate|promises/\d+)|/q/say/[^/]+/\d+"
    r"|/[a-z0-9-]+/(news(/[^/]+)?|commitments/\d+/follow|following/[^/]+)|/p/[^/]+/[0-9]+/(progress|later)"
)
NOT_CONTROLS = {"hidden", "submit", "button", "image", "reset"}
BUTTONS = {"submit", "image"}
NEEDS_A_VALUE = ("href", "action", "src", "id", "for", "name", "hx-get", "hx-post", "datetime", "aria-describedby")
INDEXED = ("id", "for", "aria-describedby", "aria-labelledby", "aria-controls", "href", "action", "formaction")


# -- what is wrong with a page ----------------------------------------------------------------------------------------


class Index:
    """A page gone through once: its tags and texts in order, the tags by name and the labels by what they name."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self.tags: list[Tag] = []
        self.strings: list[NavigableString] = []
        self.by_name: dict[str, list[Tag]] = {}
        self.by_id: dict[str, Tag] = {}
        self.by_attribute: dict[str, list[Tag]] = {name: [] for name in INDEXED}
        self.twice: list[Tag] = []  # whose id another one had before
        for node in soup.descendants:
            if not isinstance(node, Tag):
                self.strings.append(node)
                continue
            self.tags.append(node)
            self.by_name.setdefault(node.name, []).append(node)
            for name in self.by_attribute.keys() & node.attrs.keys():
                self.by_attribute[name].append(node)
        for tag in self.by_attribute["id"]:
            if self.by_id.setdefault(tag["id"], tag) is not tag:
                self.twice.append(tag)
        self.labels: dict[str, list[Tag]] = {}
        for label in self.by_name.get("label", ()):
            if label.get("for"):
                self.labels.setdefault(str(label["for"]), []).append(label)

    def named(self, name: str) -> list[Tag]:
        return self.by_name.get(name, [])


def faults(soup: BeautifulSoup, said: Iterable[str] = ()) -> list[str]:
    """What breaks the house rules on a full page, as sentences; `said`: odd texts that the test itself put in."""
    index = Index(soup)
    found = list(_everywhere(index, said))
    html = next(iter(index.named("html")), None)
    if html is None or html.get("lang") not in ("vi", "en"):
        found.append("<html> has no lang of vi or en")
    headings = index.named("h1")
    if len(headings) != 1:
        found.append(f"there are {len(headings)} h1, not one: {[words(h) for h in headings]}")
    elif not words(headings[0]):
        found.append("the h1 is empty")
    titles = index.named("title")
    if not titles or not words(titles[0]):
        found.append("the title is empty")
    if len(index.named("main")) != 1:
        found.append("there is not exactly one <main>")
    for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for tag in index.by_attribute[name]:
            lost = [one for one in str(tag[name]).split() if one not in index.by_id]
            found += [f"{name}={one!r} names no id of the page: {short(tag)}" for one in lost]
    for tag in index.named("a"):
        to = str(tag.get("href", ""))
        if to.startswith("#") and len(to) > 1 and to[1:] not in index.by_id:
            found.append(f"the link goes to an id that is not there: {short(tag)}")
    found += _undressed(index)
    return found


@cache
def sheets_by_class() -> dict[str, set[str]]:
    """The stylesheets (file names) that have a rule for each class."""
    found: dict[str, set[str]] = {}
    for sheet in (Path(__file__).parent.parent / "dialogues" / "static" / "css").glob("*.css"):
        selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet.read_text(), flags=re.S)
        for name in re.findall(r"\.([A-Za-z][\w-]*)", selectors):
            found.setdefault(name, set()).add(sheet.name)
    return found


def _undressed(index: Index) -> Iterator[str]:
    """Classes whose rules stand only in stylesheets that the page does not load."""
    linked = {str(tag["href"]).rsplit("/", 1)[-1].split("?")[0] for tag in index.named("link") if tag.get("href")}
    for tag in index.tags:
        for name in tag.get("class") or ():
            sheets = sheets_by_class().get(name)
            if sheets and not sheets & linked:
                yield f"the page does not load {' or '.join(sorted(sheets))} for .{name}: {short(tag)}"


def fragment_faults(soup: BeautifulSoup, said: Iterable[str] = ()) -> list[str]:
    """What breaks the house rules in a fragment: like `faults`, and one root with an id."""
    found = list(_everywhere(Index(soup), said))
    roots = [tag for tag in soup.find_all(recursive=False) if isinstance(tag, Tag) and not tag.get("hx-swap-oob")]
    if len(roots) != 1:
        found.append(f"a fragment has one root, this has {len(roots)}: {[short(root) for root in roots]}")
    found += [f"the root of a fragment has no id: {short(root)}" for root in roots if not root.get("id")]
    return found


def _everywhere(index: Index, said: Iterable[str]) -> Iterator[str]:
    said = tuple(said)

    def broken(text: str) -> bool:
        if LEAKY.search(text) is None:
            return False
        for own in said:
            text = text.replace(own, "")
        return LEAKS.search(text) is not None

    yield from (f"the id {tag['id']!r} stands twice: {short(tag)}" for tag in index.twice)
    addresses = {
        str(tag[name]).split("#")[0] for name in ("href", "action", "formaction") for tag in index.by_attribute[name]
    }
    for tag in index.tags:
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            if name.startswith(("on", "hx-on")):
                yield f"a handler stands in the page ({name}): {short(tag)}"
            if name == "style":
                yield f"a style stands in the page: {short(tag)}"
            if name in ("hx-put", "hx-patch", "hx-delete"):
                yield f"only GET and POST are used ({name}): {short(tag)}"
            if name in ("hx-get", "hx-post") and text.split("#")[0] not in addresses:
                yield f"{name}={text!r} is no href or action of the page, so it fails without JavaScript: {short(tag)}"
            if broken(text) or (name in NEEDS_A_VALUE and not text.strip()):
                yield f"the attribute {name}={text!r} looks broken: {short(tag)}"
            if text.strip().lower().startswith("javascript:"):
                yield f"a script stands in an attribute ({name}): {short(tag)}"
        yield from _element(tag, index)
    for string in index.strings:
        if type(string) is not NavigableString or string.parent.name in ("script", "style", "code", "pre"):
            continue
        if broken(string):
            yield f"the text looks broken: {string.strip()[:120]!r}"


def _element(tag: Tag, index: Index) -> Iterator[str]:
    if tag.name == "style":
        yield "a <style> stands in the page"
    elif tag.name == "script":
        if not tag.get("src") and tag.get("type") not in ("application/json", "application/ld+json"):
            yield "an inline <script> stands in the page"
    elif tag.name == "form":
        method = str(tag.get("method", "get")).lower()
        tokens = [one for one in tag.find_all("input") if one.get("name") == "csrf_token"]
        if method not in ("get", "post"):
            yield f"a form has the method {method}: {short(tag)}"
        if (
            method == "post"
            and not TOKENLESS.fullmatch(str(tag.get("action")))
            and not any(one.has_attr("value") for one in tokens)
        ):
            yield f"a POST form has no csrf_token: {short(tag)}"
        if method == "get" and tokens:
            yield f"a GET form puts the csrf_token into the address: {short(tag)}"
    elif tag.name == "img" and tag.get("alt") is None:
        yield f"an image has no alt: {short(tag)}"
    elif tag.name == "a":
        if not tag.get("href"):
            yield f"a link goes nowhere: {short(tag)}"
        if not name_of(tag, index):
            yield f"a link has no words: {short(tag)}"
    elif tag.name == "button" and not name_of(tag, index):
        yield f"a button has no words: {short(tag)}"
    elif is_control(tag) and not name_of(tag, index):
        yield f"a control has no label: {short(tag)}"
    elif tag.name == "fieldset" and not any(isinstance(one, Tag) and one.name == "legend" for one in tag.children):
        yield f"a fieldset has no legend: {short(tag)}"
    elif tag.name == "table" and not tag.find("th"):
        yield f"a table has no header cells: {short(tag)}"


def words(tag: Tag) -> str:
    """The visible words, with single spaces."""
    return " ".join(tag.get_text(" ").split())


def short(tag: Tag) -> str:
    return re.sub(r"\s+", " ", str(tag))[:160]


def is_control(tag: Tag) -> bool:
    return tag.name in ("select", "textarea") or (tag.name == "input" and tag.get("type", "text") not in NOT_CONTROLS)


def name_of(tag: Tag, index: Index) -> str:
    """What a screen reader would say: aria-label, the labels, the own words, the alt of an image in it."""
    if tag.get("aria-label"):
        return str(tag["aria-label"]).strip()
    if tag.get("aria-labelledby"):
        parts = [index.by_id.get(one) for one in str(tag["aria-labelledby"]).split()]
        return " ".join(words(part) for part in parts if part)
    if is_control(tag):
        labels = index.labels.get(str(tag["id"]), []) if tag.get("id") else []
        around = next((above for above in tag.parents if above.name == "label"), None)
        return " ".join(words(label) for label in [*labels, *([around] if around else [])])
    images = [str(one.get("alt", "")) for one in tag.descendants if isinstance(one, Tag) and one.name == "img"]
    return " ".join([words(tag), *images]).strip()


# -- pages and forms --------------------------------------------------------------------------------------------------


def parsed(source: str) -> BeautifulSoup:
    """The page, with empty templates: what stands in them is no part of it before a script copies it, and tests visit
    the page that the server makes of the same piece."""
    soup = BeautifulSoup(source, "html.parser")
    for template in soup.find_all("template"):
        template.clear()
    return soup


class Page:
    """One answer, checked."""

    def __init__(self, client: StrictClient, url: str, response: Any) -> None:
        self.client = client
        self.url = url
        self.response = response
        self.status: int = response.status_code
        self.headers = response.headers
        self.is_html = response.mimetype == "text/html"
        self.source: str = response.get_data(as_text=True) if (response.mimetype or "").startswith("text/") else ""

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Read only when something on it is asked for."""
        return parsed(self.source if self.is_html else "")

    @property
    def index(self) -> Index:
        if getattr(self, "_indexed", None) is not self.soup:  # a test may put another soup in its place
            self._indexed, self._index = self.soup, Index(self.soup)
        return self._index

    def __repr__(self) -> str:
        return f"<Page {self.url} {self.status}>"

    @property
    def data(self) -> bytes:
        return self.response.get_data()

    @property
    def json(self) -> Any:
        return self.response.get_json()

    @property
    def text(self) -> str:
        """All visible words; the source where the answer is not HTML."""
        return words(self.soup.body or self.soup) if self.is_html else self.source

    @property
    def main(self) -> str:
        """The visible words of the page without header and footer."""
        return words(self.one("main"))

    @property
    def title(self) -> str:
        return words(self.one("title"))

    @property
    def h1(self) -> str:
        return words(self.one("h1"))

    @property
    def location(self) -> str:
        """Where the answer sends the browser (Location, or HX-Redirect)."""
        return self.headers.get("Location") or self.headers.get("HX-Redirect") or ""

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [words(tag) for tag in self.soup.select('[role="alert"] li')]

    @property
    def notice(self) -> str:
        """What the page says of the action just done."""
        return " ".join(words(tag) for tag in self.soup.select('[role="status"], [role="alert"]'))

    def select(self, css: str) -> list[Tag]:
        return list(self.soup.select(css))

    def one(self, css: str) -> Tag:
        found = self.soup.select(css)
        assert len(found) == 1, f"{css!r} is {len(found)} times on {self.url}, not once"
        return found[0]

    def texts(self, css: str) -> list[str]:
        return [words(tag) for tag in self.soup.select(css)]

    def links(self) -> list[str]:
        return [str(tag["href"]) for tag in self.soup.select("a[href]")]

    def follow(self, status: int = 200) -> Page:
        """The page to which the answer redirects."""
        assert self.location, f"{self.url} ({self.status}) does not redirect:\n{self.text[:600]}"
        return self.client.get(urljoin(self.url, self.location), status=status)

    def click(self, text: str, status: int = 200) -> Page:
        """The page behind the link with these words (or this href)."""
        links = self.soup.select("a[href]")
        hits = (
            [a for a in links if name_of(a, self.index) == text]
            or [a for a in links if a["href"] == text]
            or [a for a in links if text in name_of(a, self.index)]
        )
        assert hits, f"no link says {text!r} on {self.url}; there are {[words(a) for a in links]}"
        assert len({a["href"] for a in hits}) == 1, f"several links say {text!r}: {[a['href'] for a in hits]}"
        return self.client.get(urljoin(self.url, str(hits[0]["href"])), status=status)

    def form(self, which: str | None = None) -> Form:
        """The form with this id, action, or button; without `which` the only form in <main>."""
        forms = self.soup.find_all("form")
        if which is None:
            hits = self.soup.select("main form") or forms
        else:
            hits = (
                [form for form in forms if form.get("id") == which]
                or [form for form in forms if form.get("action", self.url) == which]
                or [form for form in forms if any(words(b) == which for b in form.find_all("button"))]
                or [form for form in forms if which in str(form.get("action", ""))]
            )
        assert len(hits) == 1, (
            f"{len(hits)} forms fit {which!r} on {self.url}; there are "
            f"{[(f.get('id'), f.get('action'), [words(b) for b in f.find_all('button')]) for f in forms]}"
        )
        return Form(self, hits[0])


class Form:
    """A form as a browser holds it: what is filled in, what would be sent."""

    def __init__(self, page: Page, tag: Tag) -> None:
        self.page = page
        self.tag = tag
        self.method = str(tag.get("method", "get")).lower()
        self.action = urljoin(page.url, str(tag.get("action") or page.url))
        inside = tag.find_all(["input", "select", "textarea", "button"])
        outside = page.soup.select(f'[form="{tag["id"]}"]') if tag.get("id") else []
        outside = [control for control in outside if not any(parent is tag for parent in control.parents)]
        self.controls: list[Tag] = [control for control in [*inside, *outside] if control.get("name")]
        self.values: dict[int, list[Any]] = {id(control): self._initial(control) for control in self.controls}

    @staticmethod
    def _initial(control: Tag) -> list[Any]:
        kind = control.get("type", "text")
        if control.has_attr("disabled") or control.name == "button" or kind in (*BUTTONS, "reset", "button", "file"):
            return []
        if kind in ("checkbox", "radio"):
            return [control.get("value", "on")] if control.has_attr("checked") else []
        if control.name == "select":
            options = control.find_all("option")
            chosen = [o for o in options if o.has_attr("selected")]
            if not chosen and not control.has_attr("multiple"):
                chosen = options[:1]
            return [option_value(o) for o in chosen]
        if control.name == "textarea":
            return [re.sub(r"\A\r?\n", "", control.get_text())]
        return [control.get("value", "")]

    def data(self, button: Tag | None = None) -> list[tuple[str, Any]]:
        """What a browser would send, in the order of the page."""
        pairs = [(str(c["name"]), value) for c in self.controls for value in self.values[id(c)]]
        if button is not None and button.get("name"):
            pairs.append((str(button["name"]), button.get("value", "")))
        return pairs

    def __getitem__(self, name: str) -> Any:
        """The value of the field with this name (None when nothing would be sent)."""
        assert any(c["name"] == name for c in self.controls), f"no field {name!r}; there are {self.names()}"
        values = [value for key, value in self.data() if key == name]
        return values[0] if len(values) == 1 else (values or None)

    def names(self) -> list[str]:
        return list(dict.fromkeys(str(c["name"]) for c in self.controls))

    def fill(self, field: str | None = None, value: Any = None, /, **named: Any) -> Form:
        """fill("Label", value), or fill(name=value, ...); for choices the value or the words of the option."""
        for key, content in {**({field: value} if field is not None else {}), **named}.items():
            self._fill(key, content)
        return self

    def check(self, *labels: str) -> Form:
        """Tick the boxes (or choose the radio buttons) with these labels or names."""
        for label in labels:
            control = self._control(label, lambda c: c.get("type") in ("checkbox", "radio"))
            if control.get("type") == "radio":
                self._clear(str(control["name"]))
            self.values[id(control)] = [control.get("value", "on")]
        return self

    def uncheck(self, *labels: str) -> Form:
        for label in labels:
            self.values[id(self._control(label, lambda c: c.get("type") == "checkbox"))] = []
        return self

    def submit(self, button: str | None = None, status: int | None = None, htmx: bool = False) -> Page:
        """Send it with the button of these words (or the first one): 303 for POST and 200 for GET unless told."""
        buttons = [
            *self.tag.select('button:not([type]), button[type="submit"]'),
            *self.tag.select('input[type="submit"], input[type="image"]'),
        ]
        chosen: Tag | None = buttons[0] if buttons else None
        if button is not None:
            hits = [b for b in buttons if (words(b) or b.get("value")) == button or b.get("name") == button]
            assert len(hits) == 1, f"{len(hits)} buttons say {button!r}; there are {[words(b) for b in buttons]}"
            chosen = hits[0]
        action = self.action
        if chosen is not None and chosen.get("formaction"):
            action = urljoin(self.page.url, str(chosen["formaction"]))
        pairs = self.data(chosen)
        client = self.page.client
        if self.method == "get":
            return client.get(action.split("?")[0], status=status or 200, htmx=htmx, query_string=as_fields(pairs))
        kind = {"content_type": "multipart/form-data"} if self.tag.get("enctype") == "multipart/form-data" else {}
        return client.post(action, as_fields(pairs), status=status or 303, htmx=htmx, csrf=False, **kind)

    def _fill(self, key: str, content: Any) -> None:
        group = [c for c in self.controls if c["name"] == key] or self._legend(key)
        if group and group[0].get("type") in ("radio", "checkbox"):
            if isinstance(content, bool):
                self.values[id(group[0])] = [group[0].get("value", "on")] if content else []
                return
            wanted = [str(x) for x in content] if isinstance(content, (list, tuple, set)) else [str(content)]
            for control in group:
                names = {str(control.get("value", "on")), name_of(control, self.page.index)}
                self.values[id(control)] = [control.get("value", "on")] if names & set(wanted) else []
            assert sum(bool(self.values[id(c)]) for c in group) == len(wanted), f"{key!r} does not offer {content!r}"
            return
        control = self._control(key, lambda c: c.get("type") not in ("hidden", "submit") or c["name"] == key)
        if control.name == "select":
            wanted = [str(x) for x in content] if isinstance(content, (list, tuple, set)) else [str(content)]
            offered = [(option_value(o), words(o)) for o in control.find_all("option") if not o.has_attr("disabled")]
            chosen = [value for value, label in offered if value in wanted or label in wanted]
            assert len(chosen) == len(wanted), f"{key!r} does not offer {content!r}; there are {offered}"
            self.values[id(control)] = chosen
        else:
            self.values[id(control)] = [content]

    def _control(self, key: str, fits: Callable[[Tag], bool]) -> Tag:
        fitting = [c for c in self.controls if fits(c) and c.name != "button"]
        spoken = {id(c): name_of(c, self.page.index) for c in fitting}
        hits = (
            [c for c in fitting if c["name"] == key]
            or [c for c in fitting if spoken[id(c)] == key]
            or [c for c in fitting if spoken[id(c)].startswith(key)]
        )
        offered = sorted(set(spoken.values()))
        assert len(hits) == 1, f"{len(hits)} fields are called {key!r}; there are {offered} {self.names()}"
        return hits[0]

    def _legend(self, key: str) -> list[Tag]:
        for fieldset in self.tag.find_all("fieldset"):
            legend = fieldset.find("legend")
            if legend is not None and (words(legend) == key or words(legend).startswith(key)):
                return [
                    c
                    for c in self.controls
                    if any(parent is fieldset for parent in c.parents) and c.get("type") in ("radio", "checkbox")
                ]
        return []

    def _clear(self, name: str) -> None:
        for control in self.controls:
            if control["name"] == name:
                self.values[id(control)] = []


def option_value(option: Tag) -> str:
    return str(option["value"]) if option.has_attr("value") else words(option)


def as_fields(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    fields: dict[str, list[Any]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


# -- the client -------------------------------------------------------------------------------------------------------


class StrictClient:
    """Flask's test client with opinions; every page that it fetches is checked.

    A request runs apart from the application context of the test, as in life. What the test made is committed before
    it, and objects that the test holds are read anew after it.
    """

    checked: ClassVar[set[int]] = set()  # pages already found good; a test run sees the same ones often
    reads_pages: ClassVar[bool] = True  # on the second database the same tests look at the same pages

    def __init__(self, app: Any, session: Any = None) -> None:
        self.app = app
        self.session = session
        self.client = app.test_client()
        self.said: list[str] = []  # odd texts that the test put in, so that pages may show them

    def get(self, url: str, status: int = 200, htmx: bool = False, **more: Any) -> Page:
        return self.open("GET", url, status, htmx, **more)

    def head(self, url: str, status: int = 200, **more: Any) -> Page:
        return self.open("HEAD", url, status, False, **more)

    def post(
        self, url: str, data: Any = None, status: int = 303, htmx: bool = False, csrf: bool = True, **more: Any
    ) -> Page:
        """POST; a good csrf_token is added unless csrf=False or the data has one."""
        if csrf and "json" not in more and (data is None or isinstance(data, dict)):
            data = {"csrf_token": self.csrf_token(), **(data or {})}
        if isinstance(data, dict):
            values = [v for value in data.values() for v in (value if isinstance(value, list) else [value])]
            self.said += [value for value in values if isinstance(value, str) and LEAKS.search(value)]
        return self.open("POST", url, status, htmx, data=data, **more)

    def csrf_token(self) -> str:
        """A token as the pages of this session carry it."""
        with contextvars.Context().run(self.client.session_transaction) as session:
            raw = session.setdefault("csrf_token", "0" * 40)
        key = self.app.config.get("WTF_CSRF_SECRET_KEY") or self.app.secret_key
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))

    def forget_cookies(self) -> None:
        """A new browser."""
        self.client = self.app.test_client()

    def open(self, method: str, url: str, status: int | None, htmx: bool, **more: Any) -> Page:
        headers = dict(more.pop("headers", None) or {})
        if htmx:
            headers["HX-Request"] = "true"
        if self.session is not None:
            self.session.commit()
        response = contextvars.Context().run(self.client.open, url, method=method, headers=headers, **more)
        if self.session is not None:
            self.session.expire_all()
        full = response.request.full_path.rstrip("?")
        page = Page(self, full, response)
        assert status is None or page.status == status, (
            f"{method} {full} answered {page.status}, not {status}"
            + (f" and sends to {page.location}" if page.location else "")
            + f":\n{' | '.join(page.errors) or page.text[:1500]}"
        )
        self._check(method, page, htmx)
        return page

    def _check(self, method: str, page: Page, htmx: bool) -> None:
        if page.location:
            parts = urlsplit(page.location)
            if parts.netloc:
                hosts = {urlsplit(str(self.app.config.get("BASE_URL", ""))).netloc, "localhost"}
                assert parts.netloc in hosts, f"{page.url} sends the browser away to {page.location}"
        if not page.is_html or method == "HEAD" or not page.source.strip() or 300 <= page.status < 400:
            return
        assert "Content-Security-Policy" in page.headers, f"{page.url} has no Content-Security-Policy"
        assert page.headers.get("X-Content-Type-Options") == "nosniff", f"{page.url} lacks nosniff"
        known = hash((page.source, page.url, htmx))
        if known in self.checked or not self.reads_pages:
            return
        full = page.source.lstrip()[:15].lower() == "<!doctype html>"
        if htmx and page.status in (200, 201, 422):
            assert not full, f"{page.url} answers htmx with a whole page, not with a fragment"
        assert full or htmx, f"{page.url} answers with a fragment, not with a whole page:\n{page.source[:300]}"
        found = (faults if full else fragment_faults)(page.soup, self.said)
        assert not found, f"{method} {page.url} breaks the house rules:\n  - " + "\n  - ".join(found)
        self.checked.add(known)
