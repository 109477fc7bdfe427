"""A real office starts without the demo: one command makes the commune and its first administrator."""

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role


@pytest.fixture
def create(app, session):
    """create(**values): run the command; what it prints, and its exit code."""

    def run(**values):
        given = {
            "name": "Minh Tâm",
            "slug": "minh-tam",
            "province": "tỉnh Sơn Khê",
            "admin_email": "a@minh-tam.example",
        }
        options = [f"--{key.replace('_', '-')}={value}" for key, value in {**given, **values}.items()]
        result = app.test_cli_runner().invoke(args=["commune", "create", *options])
        session.expire_all()
        return result

    return run


def test_the_printed_link_lets_the_administrator_in(create, client, sign_in):
    link = create().output.strip().removeprefix("http://localhost")
    client.get(link).form().fill(new_password="ba bốn chữ dễ nhớ", repeat="ba bốn chữ dễ nhớ").submit()
    sign_in("a@minh-tam.example", "ba bốn chữ dễ nhớ")
    client.get("/office/accounts")
    assert db.session.scalars(sa.select(Staff)).one().roles == {Role.ADMIN}


def test_a_second_commune_of_the_province_uses_the_same_province(create):
    create()
    create(name="An Bình", slug="an-binh", admin_email="b@minh-tam.example", kind="phuong")
    found = db.session.scalars(sa.select(Commune).order_by(Commune.id)).all()
    assert len({commune.province_id for commune in found}) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"slug": "office"},
        {"slug": "Minh Tâm"},
        {"slug": ""},
        {"name": " "},
        {"province": ""},
        {"admin_email": "khong phai"},
        {"kind": "huyen"},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_leaves_nothing(create, values):
    result = create(**values)
    assert result.exit_code != 0
    assert "Error" in result.output
    assert "Traceback" not in result.output
    assert db.session.scalars(sa.select(Commune)).all() == []


def test_address_and_e_mail_are_taken_only_once(create):
    assert create().exit_code == 0
    assert create(admin_email="b@minh-tam.example").exit_code == 1
    assert create(slug="an-binh").exit_code == 1
    assert len(db.session.scalars(sa.select(Commune)).all()) == 1
