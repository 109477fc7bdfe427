"""Who may come in where: every endpoint with its permission, and the permission table against every role.

A new endpoint fails here until somebody writes down who may use it.
"""

import re
from collections import Counter

import pytest

from dialogues import access
from dialogues.access import ALLOWED, Permission, permission_of
from dialogues.doubles.models import SameWords
from dialogues.staff.rules import Role
from tests.invitations.guest_make import make_guest
from tests.make import (
    make_answer,
    make_attachment,
    make_commune,
    make_data_request,
    make_dialogue,
    make_evidence,
    make_extension,
    make_holiday,
    make_import,
    make_import_row,
    make_message,
    make_paper,
    make_question,
    make_reported,
    make_request,
    make_round,
    make_series,
    make_staff,
    make_step,
    make_unit,
    make_use,
    make_verdict,
    make_village,
    save,
)

P = Permission
ENDPOINTS = {
    "finding.search": P.EVERYONE,
    "finding_office.search": P.READ_QUESTIONS,
    "promise_link.promises": P.EVERYONE,
    "promise_link.promise": P.EVERYONE,
    "promise_link.report": P.EVERYONE,
    "promise_link.ask_later": P.EVERYONE,
    "reminders_office.steps": P.SET_DAYS,
    "reminders_office.add_step": P.SET_DAYS,
    "reminders_office.remove_step": P.SET_DAYS,
    "reminders_office.reset": P.SET_DAYS,
    "reminders_office.mine": P.SIGNED_IN,
    "reminders_office.revoke_mine": P.SIGNED_IN,
    "reminders_office.revoke": P.MANAGE_STAFF,
    "attachments_office.add": P.ENTER_QUESTIONS,
    "attachments_office.file": P.ENTER_QUESTIONS,
    "attachments_office.listing": P.ENTER_QUESTIONS,
    "attachments_office.remove": P.ENTER_QUESTIONS,
    "askers.contact": P.EVERYONE,
    "askers.correct": P.EVERYONE,
    "askers.erase": P.EVERYONE,
    "askers.my_data": P.EVERYONE,
    "askers.news": P.EVERYONE,
    "askers_office.answer_request": P.SERVE_ASKERS,
    "askers_office.consent": P.SERVE_ASKERS,
    "askers_office.contact": P.SERVE_ASKERS,
    "askers_office.correct": P.SERVE_ASKERS,
    "askers_office.data": P.SERVE_ASKERS,
    "askers_office.erase": P.SERVE_ASKERS,
    "askers_office.finish_request": P.SERVE_ASKERS,
    "askers_office.note_request": P.SERVE_ASKERS,
    "askers_office.person": P.SERVE_ASKERS,
    "askers_office.register": P.SERVE_ASKERS,
    "askers_office.reopen_request": P.SERVE_ASKERS,
    "askers_office.slip": P.TELL_ASKERS,
    "askers_office.slips": P.TELL_ASKERS,
    "askers_office.to_tell": P.TELL_ASKERS,
    "askers_office.told": P.TELL_ASKERS,
    "askers_office.untell": P.TELL_ASKERS,
    "askers_office.withdraw": P.SERVE_ASKERS,
    "following.ask": P.EVERYONE,
    "following.own": P.EVERYONE,
    "followup.commitment": P.EVERYONE,
    "followup.commitments": P.EVERYONE,
    "followup_office.add_progress": P.WORK,
    "followup_office.answer": P.ANSWER_QUESTIONS,
    "followup_office.answer_list": P.READ_QUESTIONS,
    "followup_office.change_plan": P.WORK,
    "followup_office.commitment": P.READ_COMMITMENTS,
    "followup_office.commitments": P.READ_COMMITMENTS,
    "evidence.file": P.EVERYONE,
    "evidence.small": P.EVERYONE,
    "followup_office.add_evidence": P.WORK,
    "followup_office.evidence_file": P.READ_COMMITMENTS,
    "followup_office.evidence_small": P.READ_COMMITMENTS,
    "followup_office.take_down": P.PUBLISH_ANSWERS,
    "followup_office.correct_alt": P.WORK,
    "verdicts.by_link": P.EVERYONE,
    "verdicts.say": P.EVERYONE,
    "verdicts.say_by_link": P.EVERYONE,
    "verdicts_office.note": P.TELL_ASKERS,
    "verdicts_office.sentence": P.READ_ASKERS,
    "verdicts_office.to_ask": P.TELL_ASKERS,
    "verdicts_office.unread": P.READ_ASKERS,
    "verdicts_office.verdict": P.CONFIRM_COMMITMENTS,
    "followup_office.drop_step": P.WORK,
    "followup_office.extend": P.WORK,
    "followup_office.ask_extension": P.WORK,
    "followup_office.extension": P.READ_COMMITMENTS,
    "followup_office.extension_list": P.READ_COMMITMENTS,
    "followup_office.hand_over": P.HAND_OVER,
    "askers_office.apology": P.SERVE_ASKERS,
    "askers_office.apology_print": P.SERVE_ASKERS,
    "followup_office.finish_step": P.WORK,
    "followup_office.move_question": P.SORT_QUESTIONS,
    "followup_office.move_step": P.WORK,
    "followup_office.my_work": P.WORK,
    "followup_office.new_commitment": P.MAKE_COMMITMENTS,
    "followup_office.new_step": P.WORK,
    "followup_office.publish_answer": P.PUBLISH_ANSWERS,
    "followup_office.reopen": P.WORK,
    "followup_office.report_done": P.WORK,
    "followup_office.save_answer": P.ANSWER_QUESTIONS,
    "followup_office.save_later_answer": P.ANSWER_QUESTIONS,
    "followup_office.step": P.WORK,
    "followup_office.take_back_answer": P.PUBLISH_ANSWERS,
    "followup_office.withdraw": P.WITHDRAW_COMMITMENTS,
    "guest_reply.answer": P.EVERYONE,
    "guests_office.copy": P.PLAN_DIALOGUES,
    "guests_office.guest": P.PLAN_DIALOGUES,
    "guests_office.handed_over": P.PLAN_DIALOGUES,
    "guests_office.invite": P.PLAN_DIALOGUES,
    "guests_office.invite_now": P.PLAN_DIALOGUES,
    "guests_office.new": P.PLAN_DIALOGUES,
    "guests_office.overview": P.READ_GUESTS,
    "guests_office.paper": P.PLAN_DIALOGUES,
    "guests_office.papers": P.PLAN_DIALOGUES,
    "guests_office.paste": P.PLAN_DIALOGUES,
    "guests_office.received": P.PLAN_DIALOGUES,
    "guests_office.record_answer": P.PLAN_DIALOGUES,
    "guests_office.remind": P.PLAN_DIALOGUES,
    "guests_office.remind_now": P.PLAN_DIALOGUES,
    "guests_office.remove": P.PLAN_DIALOGUES,
    "guests_office.staff": P.PLAN_DIALOGUES,
    "imports_office.bring_in": P.IMPORT_QUESTIONS,
    "imports_office.columns": P.IMPORT_QUESTIONS,
    "imports_office.correct": P.IMPORT_QUESTIONS,
    "imports_office.detail": P.IMPORT_QUESTIONS,
    "imports_office.give_up": P.IMPORT_QUESTIONS,
    "imports_office.listing": P.IMPORT_QUESTIONS,
    "imports_office.row": P.IMPORT_QUESTIONS,
    "imports_office.undo": P.IMPORT_QUESTIONS,
    "imports_office.upload": P.IMPORT_QUESTIONS,
    "invitations.dialogue_file": P.EVERYONE,
    "invitations.feed": P.EVERYONE,
    "invitations.private_feed": P.EVERYONE,
    "invitations.promise_news": P.EVERYONE,
    "invitations.promises": P.EVERYONE,
    "invitations.subscribe": P.EVERYONE,
    "invitations_office.calendar": P.SIGNED_IN,
    "invitations_office.make": P.SIGNED_IN,
    "invitations_office.revoke": P.SIGNED_IN,
    "invitations_office.revoke_now": P.SIGNED_IN,
    "language.switch": P.EVERYONE,
    "leading_office.home": P.LEAD,
    "leading_office.weekly": P.LEAD,
    "oversight.moderation": P.EVERYONE,
    "oversight_office.home": P.SIGNED_IN,
    "oversight_office.ways": P.READ_QUESTIONS,
    "papers_office.certificate": P.READ_DIALOGUES,
    "papers_office.detail": P.READ_DIALOGUES,
    "papers_office.photo": P.READ_DIALOGUES,
    "papers_office.question_forms": P.READ_DIALOGUES,
    "papers_office.poster": P.READ_DIALOGUES,
    "papers_office.record_use": P.PLAN_DIALOGUES,
    "papers_office.take_back": P.PLAN_DIALOGUES,
    "papers_office.tell_village_heads": P.PLAN_DIALOGUES,
    "papers_office.village_sheet": P.READ_DIALOGUES,
    "plan_office.add_paper": P.PLAN_DIALOGUES,
    "plan_office.common": P.PLAN_DIALOGUES,
    "plan_office.communes": P.READ_DIALOGUES,
    "plan_office.decide_request": P.PLAN_DIALOGUES,
    "plan_office.edit_request": P.PLAN_DIALOGUES,
    "plan_office.edit_series": P.PLAN_DIALOGUES,
    "plan_office.end_series": P.PLAN_DIALOGUES,
    "plan_office.extend": P.PLAN_DIALOGUES,
    "plan_office.join": P.PLAN_DIALOGUES,
    "plan_office.later": P.PLAN_DIALOGUES,
    "plan_office.link_question": P.PLAN_DIALOGUES,
    "plan_office.link_request": P.PLAN_DIALOGUES,
    "plan_office.month": P.READ_DIALOGUES,
    "plan_office.move_round": P.PLAN_DIALOGUES,
    "plan_office.new_request": P.PLAN_DIALOGUES,
    "plan_office.new_round": P.PLAN_DIALOGUES,
    "plan_office.new_series": P.PLAN_DIALOGUES,
    "plan_office.one_request": P.READ_DIALOGUES,
    "plan_office.one_round": P.READ_DIALOGUES,
    "plan_office.one_series": P.READ_DIALOGUES,
    "plan_office.open_round": P.PLAN_DIALOGUES,
    "plan_office.plan_round_again": P.PLAN_DIALOGUES,
    "plan_office.planner": P.READ_DIALOGUES,
    "plan_office.questions": P.PLAN_DIALOGUES,
    "plan_office.remove_paper": P.PLAN_DIALOGUES,
    "plan_office.request_list": P.READ_DIALOGUES,
    "plan_office.series_list": P.READ_DIALOGUES,
    "plan_office.skip_round": P.PLAN_DIALOGUES,
    "plan_office.unlink_question": P.PLAN_DIALOGUES,
    "places.health": P.EVERYONE,
    "places.home": P.EVERYONE,
    "places.index": P.EVERYONE,
    "places.robots": P.EVERYONE,
    "places_calendar.add_days_off": P.SET_DAYS,
    "places_calendar.days_off": P.SET_DAYS,
    "places_calendar.number": P.SET_DAYS,
    "places_calendar.remove_day_off": P.SET_DAYS,
    "places_calendar.rules": P.SET_DAYS,
    "today_office.report_sent": P.PLAN_DIALOGUES,
    "today_office.today": P.WORK,
    "today_office.undo_report": P.PLAN_DIALOGUES,
    "places_office.close_unit": P.MANAGE_COMMUNE,
    "places_office.close_village": P.MANAGE_COMMUNE,
    "places_office.commune": P.MANAGE_COMMUNE,
    "places_office.move_unit": P.MANAGE_COMMUNE,
    "places_office.move_village": P.MANAGE_COMMUNE,
    "places_office.new_unit": P.MANAGE_COMMUNE,
    "places_office.new_village": P.MANAGE_COMMUNE,
    "places_office.open_unit": P.MANAGE_COMMUNE,
    "places_office.open_village": P.MANAGE_COMMUNE,
    "places_office.settings": P.MANAGE_COMMUNE,
    "places_office.unit": P.MANAGE_COMMUNE,
    "places_office.village": P.MANAGE_COMMUNE,
    "post_office.by_hand": P.HANDLE_POST,
    "post_office.letter": P.HANDLE_POST,
    "post_office.listing": P.READ_POST,
    "post_office.resend": P.HANDLE_POST,
    "post_office.resend_failed": P.HANDLE_POST,
    "doubles.same": P.EVERYONE,
    "doubles.similar": P.EVERYONE,
    "doubles_office.add_words": P.SORT_QUESTIONS,
    "doubles_office.asked_again": P.READ_QUESTIONS,
    "doubles_office.link": P.SORT_QUESTIONS,
    "doubles_office.merge": P.SORT_QUESTIONS,
    "doubles_office.remove_words": P.SORT_QUESTIONS,
    "doubles_office.same_words": P.SORT_QUESTIONS,
    "doubles_office.take_in": P.SORT_QUESTIONS,
    "doubles_office.unlink": P.SORT_QUESTIONS,
    "doubles_office.unmerge": P.SORT_QUESTIONS,
    "questions.ask": P.EVERYONE,
    "questions.consents": P.EVERYONE,
    "questions.find": P.EVERYONE,
    "questions.listing": P.EVERYONE,
    "questions.question": P.EVERYONE,
    "questions.receipt": P.EVERYONE,
    "questions.tracking": P.EVERYONE,
    "questions.withdraw": P.EVERYONE,
    "questions_office.assign": P.SORT_QUESTIONS,
    "questions_office.complaint": P.SORT_QUESTIONS,
    "questions_office.decline": P.SORT_QUESTIONS,
    "questions_office.defer": P.SORT_QUESTIONS,
    "questions_office.detail": P.READ_QUESTIONS,
    "questions_office.enter": P.ENTER_QUESTIONS,
    "questions_office.enter_now": P.ENTER_QUESTIONS,
    "questions_office.escalate": P.SORT_QUESTIONS,
    "questions_office.pile_receipts": P.ENTER_QUESTIONS,
    "questions_office.publish": P.SORT_QUESTIONS,
    "questions_office.queue": P.READ_QUESTIONS,
    "questions_office.receipt": P.ENTER_QUESTIONS,
    "questions_office.release": P.SORT_QUESTIONS,
    "questions_office.take_act_back": P.SORT_QUESTIONS,
    "questions_office.take_back": P.SORT_QUESTIONS,
    "questions_office.undo_entry": P.ENTER_QUESTIONS,
    "opening_office.read_out": P.READ_DIALOGUES,
    "record.board": P.EVERYONE,
    "record.last_results": P.EVERYONE,
    "record.shares": P.EVERYONE,
    "record.still_open": P.EVERYONE,
    "ratings.rate": P.EVERYONE,
    "ratings.results": P.EVERYONE,
    "ratings.tablet_list": P.EVERYONE,
    "ratings.tablet_rate": P.EVERYONE,
    "ratings.tablet_thanks": P.EVERYONE,
    "ratings_office.one_paper": P.SORT_QUESTIONS,
    "ratings_office.open_tablet": P.ENTER_QUESTIONS,
    "ratings_office.paper": P.SORT_QUESTIONS,
    "ratings_office.results": P.READ_RATINGS,
    "ratings_office.start_tablet": P.ENTER_QUESTIONS,
    "ratings_office.take_back": P.SORT_QUESTIONS,
    "schedule.dialogue": P.EVERYONE,
    "schedule.listing": P.EVERYONE,
    "schedule.results": P.EVERYONE,
    "schedule_office.announce": P.PLAN_DIALOGUES,
    "schedule_office.announce_now": P.PLAN_DIALOGUES,
    "schedule_office.cancel": P.PLAN_DIALOGUES,
    "schedule_office.conclude": P.PLAN_DIALOGUES,
    "schedule_office.create": P.PLAN_DIALOGUES,
    "schedule_office.detail": P.READ_DIALOGUES,
    "schedule_office.edit": P.PLAN_DIALOGUES,
    "schedule_office.hold": P.PLAN_DIALOGUES,
    "schedule_office.listing": P.READ_DIALOGUES,
    "schedule_office.new": P.PLAN_DIALOGUES,
    "schedule_office.postpone": P.PLAN_DIALOGUES,
    "schedule_office.publish": P.PLAN_DIALOGUES,
    "schedule_office.reopen": P.PLAN_DIALOGUES,
    "schedule_office.save": P.PLAN_DIALOGUES,
    "schedule_office.step": P.PLAN_DIALOGUES,
    "schedule_office.undo_step": P.PLAN_DIALOGUES,
    "sorting_office.many": P.SORT_QUESTIONS,
    "sorting_office.public_wordings": P.READ_QUESTIONS,
    "sorting_office.split": P.SORT_QUESTIONS,
    "sorting_office.transfer_slip": P.READ_ASKERS,
    "sorting_office.undo_many": P.SORT_QUESTIONS,
    "staff_accounts.account": P.MANAGE_STAFF,
    "staff_accounts.close": P.MANAGE_STAFF,
    "staff_accounts.close_now": P.MANAGE_STAFF,
    "staff_accounts.listing": P.MANAGE_STAFF,
    "staff_accounts.make_reset_link": P.MANAGE_STAFF,
    "staff_accounts.new": P.MANAGE_STAFF,
    "staff_accounts.reopen": P.MANAGE_STAFF,
    "staff_accounts.reset_link": P.MANAGE_STAFF,
    "staff_office.change_password": P.SIGNED_IN,
    "staff_office.password": P.SIGNED_IN,
    "staff_office.reset": P.EVERYONE,
    "staff_office.sign_in": P.EVERYONE,
    "staff_office.sign_in_now": P.EVERYONE,
    "staff_office.sign_out": P.SIGNED_IN,
    "subscribers.ask": P.EVERYONE,
    "subscribers.own": P.EVERYONE,
    "village_office.home": P.LEAD_VILLAGE,
    "village_office.results": P.LEAD_VILLAGE,
}
FORM = {"page": "1"}


def office_rules(app):
    return [rule for rule in app.url_map.iter_rules() if permission_of(app, rule.endpoint) is not P.EVERYONE]


def address(rule):
    known = {"slug": "minh-tam", "code": "ABCDEF", "step": "minutes", "rule": "result-days"}
    values = {name: known.get(name, 1) for name in rule.arguments}
    if "commune" in values:
        values["commune"] = "minh-tam"
    return values


def test_every_endpoint_stands_in_the_list(app):
    found = {rule.endpoint: permission_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {name: mark for name, mark in found.items() if name != "static"} == ENDPOINTS


def test_no_two_endpoints_share_an_address_and_a_method(app):
    """The second would never be reached."""
    answered = [(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()]
    twice = {one for one in answered if answered.count(one) > 1 and one[1] != "OPTIONS"}
    assert twice == set()


def test_addresses_of_the_office_are_never_open_to_everyone(app):
    open_ones = {"staff_office.sign_in", "staff_office.sign_in_now", "staff_office.reset"}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/office") and rule.endpoint not in open_ones:
            assert permission_of(app, rule.endpoint) is not P.EVERYONE, rule.endpoint


def test_an_unmarked_view_is_refused(app, client):
    """The guard fails closed: proof on a view that nobody marked."""
    view = app.view_functions["places.health"]
    del view.permission
    try:
        client.get("/healthz", status=403)
    finally:
        access.requires(P.EVERYONE)(view)
    client.get("/healthz")


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_each_role_comes_in_exactly_where_the_table_lets_it(app, client, sign_in, role):
    sign_in(make_staff(role=role))
    for rule in office_rules(app):
        method = "GET" if "GET" in rule.methods else "POST"
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **address(rule))
        if rule.endpoint == "staff_office.sign_out":
            continue
        page = client.get(url, status=None) if method == "GET" else client.post(url, FORM, status=None)
        may = role in ALLOWED[permission_of(app, rule.endpoint)]
        assert (page.status != 403) == may, f"{method} {url} answered {page.status} for {role}"


def test_nobody_comes_in_without_signing_in(app, client):
    for rule in office_rules(app):
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **address(rule))
        if "GET" in rule.methods:
            assert client.get(url, status=303).location.startswith("/office/sign-in"), url
        if "POST" in rule.methods:
            client.post(url, FORM, status=401)


def test_every_post_without_token_is_refused_unless_it_is_for_people_without_session(app, client, sign_in):
    sign_in(make_staff(role=Role.ADMIN, roles=list(Role)))
    for rule in office_rules(app):
        if "POST" in rule.methods:
            with app.test_request_context():
                url = app.url_for(rule.endpoint, **address(rule))
            client.post(url, FORM, csrf=False, status=400)


@pytest.fixture
def foreign_rows(app):
    """One row of each kind that belongs to another commune, by the name it has in addresses."""
    make_commune()
    other = make_commune()
    dialogue = make_dialogue(commune=other)
    answer = make_answer(question=make_question(dialogue=dialogue))
    return {
        "dialogue_id": dialogue.id,
        "step": "minutes",
        "rule": "no-such-rule",
        "holiday_id": make_holiday(other).id,
        "question_id": answer.question_id,
        "attachment_id": make_attachment(answer.question).id,
        "commitment_id": (promise := make_reported(answer=answer)).id,
        "evidence_id": make_evidence(promise).id,
        "verdict_id": make_verdict(promise).id,
        "step_id": make_step(promise).id,
        "extension_id": make_extension(promise).id,
        "village_id": make_village(other).id,
        "unit_id": make_unit(other).id,
        "staff_id": make_staff(commune=other).id,
        "series_id": make_series(other).id,
        "round_id": (round_ := make_round(commune=other)).id,
        "paper_id": make_paper(round_).id,
        "request_id": make_request(other).id,
        "guest_id": make_guest(dialogue).id,
        "use_id": make_use(dialogue=dialogue).id,
        "message_id": make_message(commune=other).id,
        "asker_id": (asker := answer.question.askers[0]).id,
        "data_request_id": make_data_request(asker).id,
        "import_id": (file := make_import(dialogue)).id,
        "row_id": make_import_row(file).id,
        "line_id": save(SameWords(commune_id=other.id, words="đường gom = đường dân sinh")).id,
    }


def test_rows_of_another_commune_do_not_exist(app, client, sign_in, foreign_rows):
    """Not even for somebody with every role."""
    sign_in(make_staff(roles=list(Role)))
    tried = set()
    for rule in office_rules(app):
        if not rule.arguments & set(foreign_rows):
            continue
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **{name: foreign_rows[name] for name in rule.arguments})
        for method in rule.methods & {"GET", "POST"}:
            tried.add(rule.endpoint)
            (client.get if method == "GET" else client.post)(url, status=404)
    assert len(tried) > 25


def test_every_id_in_an_address_of_the_office_is_tried(app, foreign_rows):
    known = set(foreign_rows)
    for rule in office_rules(app):
        assert rule.arguments <= known, f"{rule.rule}: add a foreign row of this kind to foreign_rows"


def test_no_address_leads_to_two_places(app):
    taken = Counter(
        (re.sub(r"<[^>]*?([^:<>]+)>", "<>", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )
    assert [place for place, number in taken.items() if number > 1] == []
