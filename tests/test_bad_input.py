"""Bad input of every kind against every form and every address: a clear sentence or the right status, nothing lost,
never a crash, nothing executed. What is added later is found in the address map and tried too."""

import itertools
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup, SoupStrainer

from dialogues.extensions import db
from dialogues.questions import acts
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.staff import service as staff_service
from dialogues.staff.models import Staff
from dialogues.text import clean_line, clean_text
from dialogues.web import FLASH_BAD
from tests.copies import Copy
from tests.make import PASSWORD, make_dialogue, make_question
from tests.page import Page, StrictClient, as_fields
from tests.world import (
    TYPED,
    Sending,
    addresses,
    all_sendings,
    commune_of_everything,
    count_rows,
    endpoint_at,
    in_its_own_context,
    is_open,
    parents_of,
    strangers,
    texts,
    values_of,
)

BUILT, NOW = "2026-11-18 09:00", "2026-11-18 09:05"
REFUSED = {400, 403, 404, 405, 409, 413, 415, 422, 429}
NEEDS_A_FILE = {"attachments_office.add", "imports_office.upload"}  # their own tests send files
LOOKS = {
    "doubles.similar",
    "askers_office.apology",
    "askers_office.apology_print",
}  # show what is alike, what would be sent, what is printed, and take nothing
AT_ONCE = LOOKS | {
    "staff_accounts.make_reset_link",
    "askers.my_data",
    "askers_office.data",
}  # show it once, without leading on
READS_NOTHING = {"questions.withdraw", "askers.my_data"}  # the code in the address is all they need
SHAPED = {"words"}  # fields that take no text without their own signs
NOISE = ("throttle", "trail_entry", "consent_change", "password_reset")
LONG = 100_000
CHEAP = "pbkdf2:sha256:1"
SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"><img src=x onerror=alert(1)>'"
TEMPLATE = "{{7*7}} {% raw %} ${7*7} %(x)s %s %d {0} #{7*7}"


@dataclass
class World:
    """What the tests of this file share: the rows as a copy, the session of somebody with every role, all forms."""

    app: Any
    copy: Copy
    here: dict[str, list[Any]]
    there: dict[str, list[Any]]
    cookie: str
    token: str
    email: str
    pages: list[tuple[str, str]]
    forms: list[Sending] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # forms that nobody could send
    frames: set[bool] = field(default_factory=set)  # whose header and footer were read, of the office and of the public

    def restore(self) -> None:
        self.copy.restore(self.app)

    def client(self, is_signed_in: bool = True) -> Any:
        """A browser of its own: what one request does to its cookies does not touch the next."""
        client = self.app.test_client()
        if is_signed_in:
            client.set_cookie("session", self.cookie)
        return client

    def browser(self, session: Any, is_signed_in: bool = True) -> StrictClient:
        """The same, checking every page."""
        browser = StrictClient(self.app, session)
        browser.client = self.client(is_signed_in)
        return browser

    def read(self, url: str) -> Page:
        """The page as the person with every role sees it; the sign-in page as a visitor, with this session's token."""
        is_signed_in = "sign-in" not in url
        page = Answer(self.browser(None), url, in_its_own_context(self.client(is_signed_in).get, url))
        is_office = url.startswith("/office")
        source = page.source[page.source.find("<main") :] if is_office in self.frames else page.source
        if page.status == 200 and page.source.count("<form") > is_office:  # language, sign-out
            self.frames.add(is_office)
        if ' form="' not in source:
            page.soup = BeautifulSoup(source, "html.parser", parse_only=SoupStrainer("form"))
        for field_ in page.soup.select('input[name="csrf_token"]'):
            field_["value"] = self.token
        return page

    def first_taken(self, group: list[Sending]) -> Sending:
        """The first form of the group that is taken, or the last."""
        for form in group:
            if self.takes(form):
                return form
        if form.endpoint not in NEEDS_A_FILE:
            self.refused.append(str(form))
        return form

    def takes(self, form: Sending) -> bool:
        """Whether this form, filled in, does its work."""
        client = self.client()
        status = in_its_own_context(client.post, form.action, data=as_fields(form.pairs)).status_code
        if status != 303 and form.endpoint not in AT_ONCE:
            return False
        self.restore()
        with in_its_own_context(client.session_transaction) as cookie:
            return not any(category == FLASH_BAD for category, _text in cookie.get("_flashes", []))


@pytest.fixture(scope="module")
def built(migrated_app, test_database):
    """Built once a process: two communes of everything, the pages of the first, and a form of every kind on them that
    is taken when it is filled in as a person would. Letters and short texts have a way out, or their forms would not
    be there."""
    ways = {"smtp_url": "smtp://127.0.0.1:9", "gateway_url": "http://127.0.0.1:9"}
    settings = replace(migrated_app.config["SETTINGS"], **ways)
    with pytest.MonkeyPatch.context() as patch, migrated_app.app_context():
        patch.setitem(migrated_app.config, "SETTINGS", settings)
        patch.setattr(staff_service, "METHOD", CHEAP)
        with time_machine.travel(f"{BUILT}+07:00", tick=False):
            here, there = commune_of_everything(), commune_of_everything()
            browser = StrictClient(migrated_app, db.session)
            browser.post("/office/sign-in", {"email": here.people.all.email, "password": PASSWORD})
            token = browser.csrf_token()  # now the session has one
            values, other_values = values_of(here), values_of(there)
            email, elsewhere = here.people.all.email, str(here.asked_elsewhere.id)
            db.session.remove()
            world = World(
                app=migrated_app,
                copy=Copy(),
                here=values,
                there=other_values,
                cookie=browser.client.get_cookie("session").value,
                token=token,
                email=email,
                pages=addresses(migrated_app, values, parents=parents_of(here)),
            )
            searched = [(name, f"{url}?q=đường") for name, url in world.pages if name == "plan_office.questions"]
            tabs = {"askers_office.to_tell": "?show=told", "askers_office.register": "?show=done"}
            searched += [(name, f"{url}{tabs[name]}") for name, url in world.pages if name in tabs]
            ticked = f"q=1:{here.questions['waiting'].id}"
            searched += [("many", f"/office/questions/bulk?{ticked}&act={act.path}") for act in acts.BULK]
            searched.append(("undo", f"/office/questions?done=press-{here.commune.id}"))
            groups = all_sendings(migrated_app, world.read, [*world.pages, *searched])
        for form in itertools.chain(*groups):
            if form.endpoint == "staff_office.sign_in_now":
                form.pairs = form.having(email=world.email, password=PASSWORD)
            if form.endpoint == "doubles_office.link":
                form.pairs = form.having(other=elsewhere)
        with time_machine.travel(f"{NOW}+07:00", tick=False):
            world.forms = [world.first_taken(group) for group in groups]
        db.session.remove()
        migrated_app.extensions["page_cache"].clear()
        test_database.empty()
        yield world
        world.copy.close()


@pytest.fixture
def world(built, app, at):
    """The rows as they were built, five minutes later."""
    at(NOW)
    built.restore()
    return built


@pytest.fixture
def send(world, session):
    """send(form, pairs): the answer, as a checked page; an exception is an answer with status 500. The rows are brought
    back after whatever was taken."""
    session.remove()

    def send(form, pairs, restore=True, is_strict=False):
        page = (attempt if is_strict else try_quickly)(world.browser(session), form.action, as_fields(pairs))
        if restore and page.status not in REFUSED:
            session.remove()
            world.restore()
        return page

    return send


@dataclass
class Crash:
    """What stands in for an answer when there was none."""

    status: int
    text: str
    source: str = ""
    location: str = ""
    errors: tuple[str, ...] = ()


class Answer(Page):
    """An answer of any kind, with its text."""

    def __init__(self, client: StrictClient, url: str, response: Any) -> None:
        self.client, self.url, self.response = client, url, response
        self.status: int = response.status_code
        self.headers = response.headers
        self.is_html = response.mimetype == "text/html"
        self.source = response.get_data(as_text=True)


def attempt(browser, url, data, method="POST", **more):
    typed = [one for values in data.values() for one in (values if isinstance(values, list) else [values])]
    texts = [one for one in typed if isinstance(one, str) and 0 < len(one) < 2000]
    browser.said = [*texts, *map(clean_line, texts), *(line for one in texts for line in clean_text(one).split("\n"))]
    browser.said = sorted({one for one in browser.said if one}, key=len, reverse=True)
    try:
        return browser.open(method, url, None, False, data=data, **more)
    except AssertionError as fault:
        return Crash(599, f"{fault}"[:600])
    except Exception as crash:
        db.session.rollback()
        return Crash(500, f"{type(crash).__name__}: {crash}"[:300])


def try_quickly(browser, url, data):
    """Without looking at the house rules, which costs more than the request."""
    try:
        response = in_its_own_context(browser.client.post, url, data=data)
    except Exception as crash:
        db.session.rollback()
        return Crash(500, f"{type(crash).__name__}: {crash}"[:300])
    return Answer(browser, url, response)


def says_what_is_wrong(page):
    """Whether the page has a sentence for the person."""
    return any(mark in page.source for mark in ('role="alert"', 'class="error', 'class="note')) or page.status == 404


def refuses(page, name):
    """Whether the page says what is wrong with this field."""
    return re.search(rf'id="(?:[\w-]*-)?{name}(?:-\w+)?-error"', page.source) is not None


def check(page, form, wrong, what=""):
    """The least that every answer must be: no crash, the house rules, and a sentence when it refuses."""
    if page.status >= 500:
        wrong.append(f"{form} {what}: {page.status} {page.text[:400]}")
    elif page.status == 422 and not says_what_is_wrong(page):
        wrong.append(f"{form} {what}: refused without a sentence")
    return page.status < 500


def typed_again(page):
    """Everything that stands in fields and texts of the page."""
    fields = [str(tag.get("value", "")) for tag in page.soup.find_all("input")]
    return [*fields, *(re.sub(r"\A\r?\n", "", tag.get_text()) for tag in page.soup.find_all("textarea")), page.text]


def failing(wrong):
    assert not wrong, f"{len(wrong)} times:\n" + "\n".join(dict.fromkeys(wrong))


# -- the walk itself --------------------------------------------------------------------------------------------------


def test_every_address_that_takes_a_form_is_found_by_the_walk(world):
    """A form that stands on no page could not be tried."""
    reached = {form.endpoint for form in world.forms}
    all_posts = {rule.endpoint for rule in world.app.url_map.iter_rules() if "POST" in rule.methods}
    assert all_posts - reached == set()
    assert len(world.pages) > 80


def test_forms_filled_in_as_a_person_would_are_taken(world):
    """Else the other tests of this file would poison what is refused anyway."""
    assert world.refused == []


# -- fields -----------------------------------------------------------------------------------------------------------


def test_empty_forms_are_answered_with_sentences(world, send):
    wrong = []
    for form in world.forms:
        empty = [(name, value if form.kinds[name] == "token" else "") for name, value in form.pairs]
        for pairs in (empty, form.having(**{name: None for name in form.kinds if form.kinds[name] != "token"})):
            page = send(form, pairs, is_strict=True)
            check(page, form, wrong, "empty")
            for sentence in {one for one in page.errors if list(page.errors).count(one) > 1}:
                wrong.append(f"{form} says twice the same, of two fields: {sentence}")
    failing(wrong)


def test_a_missing_or_repeated_field_never_breaks_a_form(world, send):
    """All fields that may be empty are left out at once, so that what must be there brings the form to its work; where
    it is refused all the same, field by field. Fields that come three times read each for themselves."""
    wrong, worked = [], 0
    for form in world.forms:
        names = [name for name, kind in form.kinds.items() if kind != "token"]
        empty = send(form, form.having(**dict.fromkeys(names)))
        without = {name: None for name in names if form.kinds[name] != "version" and not refuses(empty, name)}
        page = send(form, form.having(**without))
        worked += check(page, form, wrong, f"without {list(without)}") and page.status not in REFUSED
        if page.status in REFUSED and len(without) > 1:
            for name in without:
                check(send(form, form.having(**{name: None})), form, wrong, f"without {name}")
        thrice = [name for name in names if form.kinds[name] != "text"]
        for some in ([name for name in thrice if form.kinds[name] == "choice"], thrice):
            if some:
                repeated = {name: [SCRIPT, "2", ""] for name in some}
                check(send(form, form.having(**repeated)), form, wrong, f"three times {some}")
    assert worked > 20
    failing(wrong)


def test_texts_of_100_000_characters_are_refused_with_a_sentence_and_stay(world, send):
    """In all texts of a form at once: each is refused by itself."""
    wrong = []
    for form in world.forms:
        longs = {name: f"rất dài {name}" + " va dai" * (LONG // 7) for name in form.names("text")}
        if not longs:
            continue
        page = send(form, form.having(**longs))
        if not check(page, form, wrong, "too long"):
            continue
        is_list = form.endpoint in {
            "guests_office.paste",
            "doubles.similar",
        }  # takes its good lines, and gives the others back
        if page.status != (200 if is_list else 422):
            wrong.append(f"{form} took {LONG} characters: {page.status}")
        for name in set(longs) - {"website"}:
            if page.status == 422 and not refuses(page, name):
                wrong.append(f"{form} took {LONG} characters in {name}")
            if longs[name] not in page.source:
                wrong.append(f"{form} lost what was typed in {name}")
    failing(wrong)


@pytest.mark.parametrize("letter", ["ß", "😀"])
def test_texts_at_the_longest_that_is_allowed_fit_into_the_database(world, send, letter):
    """Letters that grow when they are folded or compared without case must not burst a column either."""
    wrong = []
    for form in world.forms:
        longest = {name: letter * form.most[name] for name in form.names("text") if name in form.most}
        for name in SHAPED & set(longest):
            longest[name] = TYPED[name] + letter * (form.most[name] - len(TYPED[name]))
        page = send(form, form.having(**{name: value for name, value in longest.items() if name not in ADDRESSES}))
        is_refused = check(page, form, wrong, f"longest {letter}") and page.status == 422
        if is_refused and form.endpoint not in NEEDS_A_FILE:
            wrong.append(f"{form} refuses its longest texts: {page.errors}")
    failing(wrong)


WRONG_DAYS = (
    "2026-02-31", "31/02/2026", "0001-01-01", "9999-12-31", "2026-11-18T00:00", "tomorrow", "٢٠٢٦-١١-١٨",
    "99999999999999999999-01-01",
)  # fmt: skip
WRONG_HOURS = ("25:00", "24:00", "-1:00", "noon", "٧:٣٠", "99999999999:00")


def test_days_and_hours_that_do_not_exist_are_refused_and_stay(world, send):
    """All days and hours of a form are wrong at once: each is refused by itself."""
    wrong = []
    for form in world.forms:
        days, hours = form.names("day"), form.names("hour")
        for day, hour in itertools.zip_longest(WRONG_DAYS if days else (), WRONG_HOURS if hours else ()):
            typed = {**dict.fromkeys(days, day or "tomorrow"), **dict.fromkeys(hours, hour or "noon")}
            page = send(form, form.having(**typed))
            if not check(page, form, wrong, f"{day} {hour}"):
                continue
            for name, value in typed.items():
                if value not in ("2026-02-31", "0001-01-01", "9999-12-31", "25:00", "tomorrow", "noon"):
                    continue
                if page.status != 422 or not refuses(page, name):
                    wrong.append(f"{form} took {name}={value}: {page.status}")
                elif value not in page.source:
                    wrong.append(f"{form} lost {name}={value}")
    failing(wrong)


def test_days_in_the_wrong_order_are_refused_with_a_sentence(world, send):
    """In the past, the end before the start, the last day for questions after the dialogue, day by day."""
    wrong = []
    pasts = {"starts_on": "2026-11-01", "due_on": "2026-11-01", "new_due_on": "2026-11-01", "final_on": "2020-01-01"}
    futures = {"answered_on": "2030-01-01", "received_on": "2030-01-01", "final_on": "2030-01-01"}
    futures |= {"deadline_on": "2099-01-01", "ends": "05:00"}
    tried = set()
    for form in world.forms:
        for name, value in [*pasts.items(), *futures.items()]:
            if name not in form.kinds or (name == "due_on" and "outcome" in form.kinds):
                continue
            if name == "starts_on" and "pattern" in form.kinds:
                continue  # a series counts from a day that may have passed
            tried.add(name)
            page = send(form, form.having(**{name: value}))
            if check(page, form, wrong, f"{name}={value}") and page.status != 422:
                wrong.append(f"{form} took {name}={value}: {page.status}")
    assert tried == {*pasts, *futures}
    failing(wrong)


def test_numbers_that_are_none_are_refused(world, send):
    wrong = []
    for form in world.forms:
        for name in form.names("number"):
            for value in ("-1", "1e5", "99999999999999999999", "1" * 5000, "NaN", "٣", "½"):
                page = send(form, form.having(**{name: value}))
                if check(page, form, wrong, f"{name}={value[:20]}") and page.status not in (422, 409):
                    wrong.append(f"{form} took {name}={value[:20]}: {page.status}")
    failing(wrong)


UNKNOWN = ("-1", "999999999", "9999999999999999999999", "1.0", "٣", "\x00")


def test_ids_that_were_not_offered_are_never_taken(world, send):
    """Unknown, negative and huge ones, those of another commune, words of no list: in every list to choose from."""
    wrong = []
    foreign = {name: [str(id_) for id_ in ids[:1]] for name, ids in world.there.items()}
    tried = 0
    for form in world.forms:
        for name in form.names("choice"):
            offered = form.choices[name]
            marks = {value[:2] for value in offered if value[1:2] == ":"} or {""}
            kinds = [] if NO_IDS.fullmatch(name) else [(mark, kind_of_id(name, mark)) for mark in marks]
            values = [mark + id_ for mark, kind in kinds for id_ in foreign[kind]]
            values += UNKNOWN if any(re.search("[0-9]", value) for value in offered) else ()
            values += ["\x00nonsense"]
            for value in values:
                if value.strip() in offered or (value == "None" and "" in offered):
                    continue
                tried += 1
                page = send(form, form.having(**{name: value}), restore=False)
                is_row = any(value == mark + id_ for mark, kind in kinds for id_ in foreign[kind])
                if form.endpoint in LOOKS:
                    check(page, form, wrong, f"{name}={value}")
                    continue
                if is_row and "1" in "".join(offered) and page.status != 404:
                    wrong.append(f"{form} tells of {name}={value} of another commune: {page.status}")
                if check(page, form, wrong, f"{name}={value}") and page.status not in REFUSED:
                    wrong.append(f"{form} took {name}={value!r}: {page.status} {page.location}")
                    db.session.remove()
                    wrong += strangers()
                    world.restore()
    assert tried > 120
    failing(wrong)


NO_IDS = re.compile("months|nth|weekday|of_months|parts|v[0-9]+")
"""Lists to choose a number from that is no id."""


def kind_of_id(name, mark):
    """Whose ids stand in a list to choose from."""
    if name == "q":
        return "question_id"
    if name in ("request_id", "round_id"):
        return name
    if name in ("village", "villages", "village_id"):
        return "village_id"
    if name in ("dialogue", "source"):
        return "dialogue_id"
    return "unit_id" if name == "unit_id" or mark == "u:" else "staff_id"


def test_no_row_names_a_row_of_another_commune(world):
    """The detector of the test above, on good rows and on a bad one."""
    assert strangers() == []
    home = db.session.get(Staff, world.here["staff_id"][0])
    home.unit_id = world.there["unit_id"][0]
    db.session.commit()
    assert any("staff" in sentence for sentence in strangers())


def test_hidden_fields_changed_by_hand_never_crash(world, send):
    wrong = []
    values = ("-1", "9" * 30, "//[\x00é" + "x" * 5000)
    for form in world.forms:
        for name in form.names("hidden", "version", "box"):
            for value in values:
                check(send(form, form.having(**{name: value})), form, wrong, f"{name}={value[:20]}")
    failing(wrong)


# -- one after the other ----------------------------------------------------------------------------------------------


def test_a_form_of_an_old_version_changes_nothing_and_keeps_what_was_typed(world, send):
    wrong, tried = [], 0
    for form in world.forms:
        for name in form.names("version"):
            if not dict(form.pairs)[name]:
                continue  # a new row
            tried += 1
            before = set(texts())
            for value in ("999", "0", ""):
                if int(value or 0) == int(dict(form.pairs)[name]):
                    continue  # the first version of an announcement has the number 0
                marker = "Chữ của người thứ hai"
                typed = {
                    one: marker for one in form.names("text") if one in ("text", "reason", "note", "name", "title")
                }
                page = send(form, form.having(**{name: value, **typed}), restore=False)
                if form.endpoint == "followup_office.save_answer" and value == "0" and page.status == 303:
                    world.restore()  # there was no answer: version 0 is right
                    continue
                check(page, form, wrong, f"version {value!r}")
                if page.status == 303:
                    page = page.follow()  # a button without a form leads back, with the sentence
                if not says_what_is_wrong(page) and not page.notice:
                    wrong.append(f"{form} says nothing of the conflict (version {value!r}, {page.status})")
                if typed and page.status == 409 and not any(marker in one for one in typed_again(page)):
                    wrong.append(f"{form} lost what was typed (version {value!r})")
            changed = set(texts()) - before
            if changed:
                wrong.append(f"{form} saved although the version was old: {sorted(changed)[:2]}")
    assert tried > 15
    failing(wrong)


def test_a_form_sent_twice_does_its_work_once(world, send):
    """Double click, the back button, a slow line: the second sending adds no row."""
    wrong = []
    for form in world.forms:
        send(form, form.pairs, restore=False)
        db.session.remove()
        first = count_rows(*NOISE)
        page = send(form, form.pairs, restore=False)
        check(page, form, wrong, "a second time")
        db.session.remove()
        second = count_rows(*NOISE)
        if second != first:
            wrong.append(f"{form} did it twice: {[name for name in first if first[name] != second[name]]}")
        world.restore()
    failing(wrong)


# -- characters -------------------------------------------------------------------------------------------------------

ODD = {
    "control characters, decomposed letters, emoji, direction marks, invisible characters, line ends": (
        "Một\x00hai\x07ba\x1b[31m\x7f\x85bốn 👍🏽 👨‍👩‍👧 🇻🇳 "
        + unicodedata.normalize("NFD", "Đường Nguyễn Huệ ở phường")
        + " \u202egnol\u202c \u2066x\u2069 \u200fשלום\u200e مرحبا \u200b\u2060\ufeff\u00ad\u3164 a\u200b\u0301"
        + " một\r\nhai\rba\u2028bốn\n\n\n\nnăm"
    ),
    "only invisible characters": "\u200b\u2060\ufeff \u00a0 \u3000\t",
    "bytes that are no UTF-8": b"a\xed\xa0\x80b\xff\xfe\x80abc",
    "SQL, a formula, a header": (
        "' OR 1=1; DROP TABLE question; -- %' ESCAPE '\\ =cmd|' /C calc'!A0 x\r\nSet-Cookie: a=b"
    ),
    "HTML, scripts, template languages": f"{SCRIPT} {IMAGE} {TEMPLATE}",
}
ADDRESSES = {
    "email", "office_email", "phone", "remind_phone", "hotline", "head_phone", "website", "time_zone", "online_link",
    "link",
}  # fmt: skip
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


@pytest.mark.parametrize("what", ODD)
def test_odd_characters_are_cleaned_kept_or_refused(world, send, session, what):
    """In every text of every form at once; what is stored is NFC, without control and direction characters, and every
    page shows it as text and nothing else."""
    wrong, odd = [], ODD[what]
    for form in world.forms:
        fields = dict.fromkeys(form.names("text"), odd)
        if fields:
            check(send(form, form.having(**fields), restore=False), form, wrong, f"{what}, in every field")
            fields = {name: value for name, value in fields.items() if name not in ADDRESSES}
            check(send(form, form.having(**fields), restore=False, is_strict=True), form, wrong, what)
    session.remove()
    stored = [text for column, text in texts() if not column.endswith("folded")]
    wrong += [f"stored: {text[:80]!r}" for text in stored if _FORBIDDEN.search(text)]
    wrong += [f"stored, not NFC: {text[:80]!r}" for text in stored if not unicodedata.is_normalized("NFC", text)]
    if isinstance(odd, str) and clean_line(odd):
        kept = sum(clean_line(odd) in clean_line(text) for text in stored)
        assert kept > 10, f"{what}: only {kept} texts hold it, so nothing was tried"
        wrong += unsafe_pages(world, session, odd, world.pages if SCRIPT in odd else [])
    failing(wrong)


def unsafe_pages(world, session, odd, pages):
    """What executes or breaks on the pages that show what was stored, to the person with every role and to visitors."""
    wrong, shown = [], Counter()
    forms = {rule.endpoint for rule in world.app.url_map.iter_rules() if {"GET", "POST"} <= rule.methods}
    for is_visitor in (False, True):
        browser = world.browser(session, not is_visitor)
        browser.said += [odd, clean_line(odd), *clean_text(odd).split("\n"), odd.removeprefix("<script>")]
        browser.said.append(" = ".join(" ".join(way.split()) for way in odd.split("=")))  # words that mean the same
        for endpoint, url in pages:
            if is_visitor != is_open(world.app, endpoint) or (endpoint in forms and shown[endpoint] == 2):
                continue  # one form is as the other
            try:
                page = Answer(browser, url, in_its_own_context(browser.client.get, url))
                if "alert(1)" in page.source and shown[endpoint] < 3:  # shows something of it: the house rules too
                    browser._check("GET", page, False)
            except Exception as fault:
                wrong.append(f"{url}: {type(fault).__name__} {fault}"[:500])
                continue
            if page.status >= 500:
                wrong.append(f"{url}: {page.status}")
            if not page.is_html or "alert(1)" not in page.source:
                continue
            shown[endpoint] += 1
            if "<script>" in page.source or "<img src=x" in page.source:
                wrong.append(f"{url} runs what was typed")
            if "49 " in page.source and "{{7*7}}" in odd and re.search(r">\s*49 ", page.source):
                wrong.append(f"{url} calculates what was typed")
    assert not pages or shown.total() > 50
    return wrong


def test_many_marks_on_one_letter_cost_no_time(app):
    """A megabyte of marks in disorder: putting them in order must not take minutes (it grew with the square)."""
    import time

    value = "a" + "\u0301\u0323" * 400_000
    started = time.perf_counter()
    clean_text(value)
    assert time.perf_counter() - started < 4


# -- requests ---------------------------------------------------------------------------------------------------------


def raw(world, url, method="GET", cookies=True, **more):
    """A request without the strict client's help; an exception counts as 500."""
    client = world.client(cookies)
    try:
        response = in_its_own_context(client.open, url, method=method, **more)
        response.get_data()
        response.close()
        return response
    except Exception as crash:
        return Crash(500, f"{type(crash).__name__}: {crash}")


def status_of(response):
    return getattr(response, "status_code", None) or response.status


def test_bodies_of_10_megabytes_are_refused(world):
    wrong = []
    body = b"text=" + b"x" * 10_000_000
    for form in world.forms:
        response = raw(world, form.action, "POST", data=body, content_type="application/x-www-form-urlencoded")
        if status_of(response) not in ((413, 303, 200) if form.endpoint in READS_NOTHING else (413,)):
            wrong.append(f"{form}: {status_of(response)} {getattr(response, 'text', '')[:200]}")
        if status_of(response) == 413:
            assert "<h1" in response.text
        else:
            world.restore()  # what it did must not change what the next form finds
    failing(wrong)


def test_thousands_of_fields_are_read_or_refused(world):
    wrong = []
    many = "&".join(f"f{n}=1" for n in range(2_000))
    same = "&".join("topics=roads&villages=1&text=x" for n in range(700))
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n1\r\n' for n in range(1100)) + "--b--"
    reads_parts = {"papers_office.record_use"}  # the others all read them in one place, before the view
    for form in world.forms:
        token = dict(form.pairs).get("csrf_token", "")
        bodies = [
            (f"csrf_token={token}&{many}", "application/x-www-form-urlencoded"),
            (f"csrf_token={token}&{same}", "application/x-www-form-urlencoded"),
        ]
        if not token or form.endpoint in reads_parts or form is world.forms[0]:
            bodies.append((parts, "multipart/form-data; boundary=b"))
        for body, kind in bodies:
            response = raw(world, form.action, "POST", data=body, content_type=kind)
            if status_of(response) >= 500:
                wrong.append(f"{form} {kind}: {status_of(response)} {getattr(response, 'text', '')[:200]}")
        world.restore()
    failing(wrong)


BODIES = {
    "application/json": b'{"text": {"a": [1]}, "csrf_token": 5, "field": null}',
    "application/json; charset=utf-16": b"\xff\xfe{",
    "text/plain": b"text=x",
    "multipart/form-data": b"no boundary",
    "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nno end',
    "multipart/form-data; boundary=" + "b" * 300: b"--b",
    "multipart/form-data; boundary=c": b"--c\r\nbroken header\r\n\r\n\xff\r\n--c--",
    "application/x-www-form-urlencoded; charset=utf-7": b"text=+ADw-script+AD4-",
    "application/x-www-form-urlencoded; charset=nonsense": b"text=%ff%fe&%=&&;&a=%zz",
    "application/octet-stream": bytes(range(256)),
    "": b"text=x",
    "ünïcode/\u00e9": b"text=x",
}


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: kind[:50].encode("ascii", "ignore").decode() or "none")
def test_bodies_of_another_kind_are_refused(world, kind):
    wrong = []
    for form in world.forms:
        response = raw(world, form.action, "POST", data=BODIES[kind], content_type=kind)
        if form.endpoint in READS_NOTHING | LOOKS and status_of(response) == 200:
            world.restore()
        elif status_of(response) not in {*REFUSED, 303}:
            wrong.append(f"{form} {kind}: {status_of(response)} {getattr(response, 'text', '')[:200]}")
        if status_of(response) == 303:
            world.restore()
            if not is_open(world.app, form.endpoint):
                wrong.append(f"{form} acted on {kind}: {response.location}")
    failing(wrong)


def test_a_file_where_text_is_meant_is_no_text(world):
    """Uploads in the place of fields."""
    import io

    wrong = []
    for form in world.forms:
        data = {name: value for name, value in form.pairs if form.kinds[name] in ("token", "version")}
        data |= {
            name: (io.BytesIO(b"x"), "x.txt") for name in form.kinds if form.kinds[name] not in ("token", "version")
        }
        response = raw(world, form.action, "POST", data=data, content_type="multipart/form-data")
        if status_of(response) >= 500:
            wrong.append(f"{form}: {getattr(response, 'text', '')[:200]}")
        world.restore()
    failing(wrong)


def test_wrong_methods_are_answered_with_405_and_what_is_allowed(world):
    wrong = []
    for url in {*one_address_each(world).values(), *(form.action for form in world.forms)}:
        for method in ("PUT", "DELETE", "TRACE", "X" * 200):
            response = raw(world, url, method)
            if status_of(response) != 405 or "GET" not in response.headers["Allow"] + "GET, POST":
                wrong.append(f"{method[:10]} {url}: {status_of(response)}")
    failing(wrong)


def test_reading_addresses_refuse_to_be_written_to(world):
    """POST where only GET is offered: 405; never a write, never a crash."""
    wrong = []
    writable = {form.action.split("?")[0] for form in world.forms}
    for endpoint, url in world.pages:
        takes = any("POST" in r.methods and r.endpoint == endpoint for r in world.app.url_map.iter_rules())
        if takes or url in writable:
            continue
        status = status_of(raw(world, url, "POST", data={"csrf_token": "x"}))
        if status not in (400, 405, 404):
            try:
                endpoint_at(world.app, url, "POST")
            except Exception:
                wrong.append(f"POST {url}: {status}")
    failing(wrong)


def test_head_and_options_are_answered_everywhere_as_get_is(world):
    wrong = []
    for cookies in (True, False):
        for url in one_address_each(world).values():
            get, head = (raw(world, url, method, cookies) for method in ("GET", "HEAD"))
            options = raw(world, url, "OPTIONS", cookies)
            if status_of(head) != status_of(get) or head.data:
                wrong.append(f"HEAD {url}: {status_of(head)}, GET {status_of(get)}, {len(head.data)} bytes")
            if status_of(options) >= 500:
                wrong.append(f"OPTIONS {url}: {status_of(options)}")
    failing(wrong)


def test_posts_without_a_good_token_are_refused_and_offer_the_typed_text_again(world):
    wrong = []
    for form in world.forms:
        if "csrf_token" not in form.kinds:
            continue
        marker = "Chữ đã viết rất lâu, đừng để mất <b>"
        texts_ = dict.fromkeys(form.names("text"), marker)
        for token in (None, "", "é\x00", "W10.aaaa.bbbb"):
            response = raw(
                world,
                form.action,
                "POST",
                data=as_fields(form.having(csrf_token=token, **texts_)),
                headers={"Origin": "http://localhost"},
            )
            if status_of(response) != 400:
                wrong.append(f"{form} without token: {status_of(response)}")
                world.restore()
            elif texts_ and marker not in str(BeautifulSoup(response.text, "html.parser").find("form", action=True)):
                again = [tag.get("value") for tag in BeautifulSoup(response.text, "html.parser").select("main input")]
                if marker not in again:
                    wrong.append(f"{form} lost what was typed")
            for secret in (PASSWORD, "năm chữ rất dễ nhớ"):
                if status_of(response) == 400 and secret in response.text:
                    wrong.append(f"{form} shows a password")
    failing(wrong)


def test_the_page_that_offers_the_typed_text_again_can_be_sent(world, session):
    browser = world.browser(session)
    form = next(form for form in world.forms if form.endpoint == "schedule_office.create")
    title = "Đối thoại về nước sạch\nvà đường"
    page = browser.open(
        "POST",
        form.action,
        400,
        False,
        data=as_fields(form.having(csrf_token="old", title="Đối thoại về nước sạch", purpose=title)),
        headers={"Origin": "http://localhost"},
    )
    page = page.form("Gửi lại").submit().follow()
    assert "Đối thoại về nước sạch" in page.text
    stolen = raw(world, form.action, "POST", data=as_fields(form.having(csrf_token="x", title="Từ nơi khác")),
                 headers={"Origin": "http://evil.example"})  # fmt: skip
    assert status_of(stolen) == 400
    assert "Từ nơi khác" not in stolen.text


HOSTS = (
    "evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "localhost:80@evil.example",
    "", " ", "localhost/evil", "[::1", "[::1]:x", "127.0.0.1.evil.example", "LOCALHOST", "localhost:99999", "a" * 300,
    "evil.example, localhost", "..", "<script>", "localhost:\u00e9",
)  # fmt: skip


def test_hostile_host_headers_lead_nowhere(world):
    wrong = []
    for host in HOSTS:
        for url in (
            "/",
            "/minh-tam/",
            "/office/",
            "/minh-tam/calendar.ics",
            f"/d/{world.here['d'][0]}",
            "/no-such-page",
        ):
            for more in ({}, {"headers": {"X-Forwarded-Host": "evil.example"}}):
                response = raw(world, url, "GET", False, environ_overrides={"HTTP_HOST": host}, **more)
                text = getattr(response, "text", "") + str(dict(getattr(response, "headers", {})))
                if status_of(response) >= 500 or "evil" in text:
                    wrong.append(
                        f"Host {host[:40]!r} {url}: {status_of(response)} {text[:200] if 'evil' in text else ''}"
                    )
                if "evil" in host and status_of(response) != 400:
                    wrong.append(f"Host {host!r} {url} is answered: {status_of(response)}")
    failing(wrong)


FORWARDED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript", "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Port": "evil", "Forwarded": "host=evil.example;for=6.6.6.6",
    "X-Original-URL": "/office/", "X-Rewrite-URL": "/office/", "X-HTTP-Method-Override": "DELETE",
    "X-Real-IP": "6.6.6.6", "Via": "evil",
}  # fmt: skip


def test_forwarded_headers_of_strangers_change_nothing(world):
    wrong = []
    for url in one_address_each(world).values():
        plain = raw(world, url, "GET", False)
        spoofed = raw(world, url, "GET", False, headers=FORWARDED)
        if status_of(plain) != status_of(spoofed) or "evil" in spoofed.text or "6.6.6.6" in spoofed.text:
            wrong.append(f"{url}: {status_of(spoofed)}")
    failing(wrong)


def test_another_forwarded_address_is_no_new_visitor_for_the_throttle(world):
    for number in range(25):
        response = raw(world, "/q/AAAA-AAAA-AAA2", "GET", False, headers={"X-Forwarded-For": f"6.6.6.{number}"})
    assert status_of(response) == 429


NEXT = (
    "//evil.example", "https:evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example",
    "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/\x00/evil.example",
    "//[", "http://[",
    "//℀.example",
    "/\u200b/evil.example", "///evil.example", "/%09/evil.example", "/%5cevil.example", " //evil.example",
    "data:text/html,x", "/..//evil.example", "/%2f%2fevil.example",
    "http:///evil.example",
    "/" + "a" * 9000, "evil.example", "?x", "",
    "/\r\nSet-Cookie: a=b", "/\u2028/evil.example", "/ /evil.example",
)  # fmt: skip


def test_next_never_leads_to_another_site(world, session):
    """After signing in, after the switch of the language, and after acts that lead back."""
    wrong = []
    for target in NEXT:
        for where in ("query", "form"):
            client = StrictClient(world.app, session)
            fields = {"email": world.email, "password": PASSWORD}
            tries = [
                ("/language", {"language": "en"}, False),
                ("/office/sign-in", fields, True),
            ]
            for url, data, needs_token in tries:
                data = {**data, "csrf_token": client.csrf_token()} if needs_token else data
                query = {"query_string": {"next": target}} if where == "query" else {}
                data = data if where == "query" else {**data, "next": target}
                page = attempt(client, url, data, **query)
                wrong += leads_away(page, f"{url} next={target[:40]!r} in the {where}")
            signed_in = client.open("GET", "/office/sign-in", None, False, query_string={"next": target})
            wrong += leads_away(signed_in, f"GET sign-in next={target[:40]!r}")
    failing(wrong)


def leads_away(page, what):
    where = page.location
    if page.status not in (303, 302):
        return [f"{what}: {page.status} {page.text[:200]}"]
    path = where.removeprefix("http://localhost")
    if not path.startswith("/") or path.startswith(("//", "/\\")) or re.search(r"[\x00-\x20]", path):
        return [f"{what} leads to {where!r}"]
    return []


PATHS = (
    "/%00", "/minh-tam%00/", "/d/%00", "/d/ABC%2fDEF", "/%2e%2e/%2e%2e/etc/passwd", "/static/../wsgi.py",
    "/static/%2e%2e/%2e%2e/wsgi.py", "/static/..%2f..%2fwsgi.py", "/static/css/..%5c..%5cx", "/static//etc/passwd",
    "/static/%00", "/" + "a" * 9000, "/minh-tam/" * 400, "//evil.example/", "///", "/\\evil", "/%ff%fe", "/%c0%af",
    "/%e2%80%ae", "/minh-tam/questions/0", "/minh-tam/questions/-1", "/minh-tam/questions/1e3",
    "/minh-tam/questions/99999999999999999999", "/minh-tam/questions/%d9%a3", "/q/%00%00%00%00", "/q/" + "A" * 24,
    "/q/" + "A" * 400, "/d/....", "/d/----", "/q/----", "/q/-------------.ics", "/d/----.ics", "/calendar/x.ics",
    "/calendar/%00.ics", "/calendar/" + "a." * 200 + ".ics", "/calendar/é.ics", "/office/reset/%00",
    "/office/reset/é", "/office/reset/" + "a" * 5000, "/MINH-TAM/", "/minh-tam//", "/minh_tam/", "/-/", "/;/", "/?/",
    "/office/../minh-tam/", "/healthz/", "/.git/config", "/.env", "/wsgi.py", "/%", "/%2", "/%zz", "/*", "http://evil/",
)  # fmt: skip


def test_tricks_with_paths_find_nothing(world):
    wrong = []
    for path in PATHS:
        for cookies in (True, False):
            for method in ("GET", "POST"):
                more = {"environ_overrides": {"PATH_INFO": _path_info(path), "REQUEST_URI": path}}
                response = raw(world, "/", method, cookies, **more)
                status = status_of(response)
                if (
                    status >= 500
                    or (status == 200 and "root:" in response.text + "")
                    or (status == 200 and "import" in response.text[:200])
                ):
                    wrong.append(f"{method} {path[:60]}: {status} {getattr(response, 'text', '')[:150]}")
                if 300 <= status < 400 and re.match(r"(https?:)?//(?!localhost)", response.location or ""):
                    wrong.append(f"{method} {path[:60]} leads to {response.location}")
    failing(wrong)


def _path_info(path):
    """As servers hand it on: percent signs read, bytes as latin-1."""
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(path).decode("latin-1")


HEADERS = (
    {"If-None-Match": "W/\"x\", \"y\", *, garbage\x7f"}, {"If-None-Match": '"' * 5000}, {"If-None-Match": "é"},
    {"If-Modified-Since": "yesterday"}, {"If-Modified-Since": "Wed, 99 Foo 99999 99:99:99 GMT"}, {"If-Match": "x"},
    {"Range": "bytes=0-1"}, {"Range": "bytes=999999-"}, {"Range": "bytes=-,-"}, {"Range": "lines=a"},
    {"Accept-Encoding": "gzip;q=nonsense, *;q=-1"}, {"Accept-Language": "en;q=é,,,;"}, {"Accept": "x" * 5000},
    {"HX-Request": "true"}, {"HX-Request": "true", "HX-Current-URL": "//["}, {"HX-Request": "\x00"},
    {"Referer": "//["}, {"Origin": "//["}, {"Content-Length": "-1"}, {"Transfer-Encoding": "chunked"},
    {"Cookie": "session=garbage"}, {"Cookie": "session=.eJw.x.y; language=xx; remember_token=x|y"},
    {"Cookie": "remember_token=x|é"}, {"Cookie": "language=" + "x" * 5000}, {"Cookie": ";;;=;=;\x7f"},
    {"Cookie": "session=" + "A" * 5000}, {"Cookie": "language=<script>"}, {"Cookie": "remember_token=|"},
    {"Authorization": "Basic \u00ff"}, {"User-Agent": SCRIPT}, {"Content-Type": "multipart/form-data"},
)  # fmt: skip


def test_garbage_in_headers_and_cookies_changes_no_page(world):
    wrong = []
    visited = {}
    for endpoint, url in world.pages:
        visited.setdefault(endpoint, url)
    visited["static"] = "/static/css/public.css"
    for url in (url for endpoint, url in visited.items() if endpoint == "static" or is_open(world.app, endpoint)):
        for headers in HEADERS:
            environ = {f"HTTP_{n.upper().replace('-', '_')}": v.encode().decode("latin-1") for n, v in headers.items()}
            response = raw(world, url, "GET", False, environ_overrides=environ)
            if status_of(response) not in (200, 206, 301, 302, 303, 304, 404, 412, 416, 422):
                wrong.append(f"{url} {str(headers)[:60]}: {status_of(response)}")
            elif SCRIPT.encode() in getattr(response, "data", b""):
                wrong.append(f"{url} shows a header")
    failing(wrong)


def test_an_answer_that_was_not_modified_is_told_only_for_its_own_mark(world):
    url = "/minh-tam/"
    first = raw(world, url, "GET", False)
    mark = first.headers["ETag"]
    assert status_of(raw(world, url, "GET", False, headers={"If-None-Match": mark})) == 304
    for other in ('"x"', "*garbage*", 'W/"0"', mark[:-3] + '"'):
        assert status_of(raw(world, url, "GET", False, headers={"If-None-Match": other})) == 200


# -- query strings ----------------------------------------------------------------------------------------------------

QUERY = (
    "q", "page", "field", "village", "dialogue", "stage", "state", "period", "channel", "assigned", "responsible",
    "code",
    "next", "done", "saved", "on", "language", "kind",
)  # fmt: skip
BAIT = "\x00" + SCRIPT + IMAGE + TEMPLATE
POISONS = (
    "", "-1", "99999999", "999999999999999999999", "½", BAIT,
    "x" * 6000,
    "%_\\' OR 1=1 --",
    "2026-02-31", "u:99999999999999999999", "//[", "\u202e\U0001f600",
)  # fmt: skip
RAW = ("%zz%ff%fe&&&=;", "q[]=1&q[x]=2&q&q", "page=1&page=-1&page=x", "q=%00%ed%a0%80" + "%CC%81%CC%A3" * 1500)


def one_address_each(world):
    """One page of every kind that there is to see, and of every dialogue state one."""
    seen = {}
    for endpoint, url in world.pages:
        seen.setdefault(endpoint, url)
    return seen


def test_query_strings_never_break_a_page(world, session):
    """Every page with another poison in every name, moved on from round to round and page to page."""
    wrong = []
    browser, visitor = world.browser(session), world.browser(session, False)
    for number, (endpoint, url) in enumerate(one_address_each(world).items()):
        client = visitor if is_open(world.app, endpoint) else browser
        rounds = [
            {name: POISONS[(place + number + 5 * step) % len(POISONS)] for place, name in enumerate(QUERY)}
            for step in range(4)
        ]
        for query in (*rounds, dict.fromkeys(QUERY, BAIT), "&".join(RAW)):
            said = BAIT if isinstance(query, dict) and {*query.values()} == {BAIT} else ""
            page = attempt_get(client, url, query, said)
            if page.status not in (200, 301, 302, 303, 404, 422, 429):
                wrong.append(f"{url} with {query}: {page.status} {page.text[:300]}")
            elif page.status == 200 and SCRIPT in page.source:
                wrong.append(f"{url} runs what stands in its address")
            if page.status in (301, 302, 303):
                wrong += leads_away_at_all(page)
    failing(wrong)


def leads_away_at_all(page):
    where = page.location.removeprefix("http://localhost")
    return [f"leads to {page.location}"] if not where.startswith("/") or where.startswith(("//", "/\\")) else []


def attempt_get(client, url, query, said):
    client.said = [said, clean_line(said), clean_line(said)[:100], clean_line(said)[:60], "None"]
    try:
        page = Answer(client, url, in_its_own_context(client.client.get, url.split("?")[0], query_string=query))
        if SCRIPT in said and "alert(1)" in page.source:  # shows something of it: the house rules too
            client._check("GET", page, False)
        return page
    except AssertionError as fault:
        return Crash(599, f"{fault}"[:500])
    except Exception as crash:
        db.session.rollback()
        return Crash(500, f"{type(crash).__name__}: {crash}"[:300])


def test_filters_that_are_nonsense_filter_nothing_or_find_nothing(world, session):
    """Every field of every search form by itself, so that none hides another."""
    wrong, tried = [], set()
    browser = world.browser(session)
    for url in one_address_each(world).values():
        for form in world.read(url).select('form[method="get"]'):
            for name in {str(control["name"]) for control in form.select("[name]")}:
                tried.add(name)
                for poison in ("999999999", "-1", "u:99999999999999999999"):
                    page = attempt_get(browser, url, {name: poison}, poison)
                    if page.status not in (200, 301, 302, 303, 404, 422):
                        wrong.append(f"{url}?{name}={poison[:30]!r}: {page.status} {page.text[:300]}")
    assert len(tried) > 8
    failing(wrong)


def test_rows_with_large_numbers_are_filtered_by_too(world, session):
    """An installation of many communes: ids of seven digits and more are as good as small ones."""
    from dialogues.places.models import Village

    here = world.here
    village = Village(id=123_456_789, commune_id=1, kind="thôn", name="Xa", position=99)
    village.commune_id = db.session.get(Village, here["village_id"][0]).commune_id
    db.session.add(village)
    dialogue = make_dialogue(commune_id=village.commune_id)
    question = make_question(dialogue, state=QuestionState.PUBLISHED, village_id=village.id, text="Câu hỏi ở nơi xa")
    other = db.session.get(Question, here["question_id"][-1])
    visitor = StrictClient(world.app, session)
    page = visitor.get("/minh-tam/questions", query_string={"village": str(village.id)})
    assert question.public_text in page.main
    assert other.public_text not in page.main


def test_json_is_never_taken_for_a_form(world):
    """Numbers, lists and objects where text is meant."""
    for form in world.forms:
        token = dict(form.pairs).get("csrf_token", "")
        body = json.dumps({name: [1, {"a": None}] for name in form.kinds} | {"csrf_token": token})
        response = raw(
            world, form.action, "POST", data=body, content_type="application/json", headers={"X-CSRFToken": token}
        )
        assert status_of(response) < 500, f"{form}: {response.text}"
        world.restore()
