from pathlib import Path

import pytest
import sqlalchemy as sa

from dialogues import plainly
from dialogues.config import DEMO_SECRET, SettingsError, load

HERE = Path("instance")
REAL = {"BASE_URL": "https://doithoai.example.vn", "SECRET_KEY": "s" * 40}


def test_without_any_setting_it_serves_this_computer_from_sqlite():
    settings = load({}, HERE)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.on_loopback


def test_the_port_is_part_of_the_default_address():
    assert load({"PORT": "8123"}, HERE).base_url == "http://127.0.0.1:8123"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_loopback_addresses_may_use_the_demo_secret(url):
    assert load({"BASE_URL": url}, HERE).secret_key == DEMO_SECRET


@pytest.mark.parametrize("secret", ["", DEMO_SECRET, "short"])
def test_a_real_address_needs_a_real_secret(secret):
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load({**REAL, "SECRET_KEY": secret}, HERE)


def test_a_numeric_secret_stays_text():
    assert load({**REAL, "SECRET_KEY": "1" * 40}, HERE).secret_key == "1" * 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("PORT", "99999"),
        ("BASE_URL", "doithoai.example.vn"),
        ("BASE_URL", "http://x/path"),
        ("BASE_URL", "http://[::1"),
        ("BASE_URL", "http://me:word@127.0.0.1"),
        ("BASE_URL", "http://127.0.0.1#top"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql+psycopg://me@host"),
        ("DATABASE_URL", "postgresql+psycopg://me@host:port/name"),
        ("TRUSTED_PROXY", "nginx"),
        ("SMTP_URL", "http://x"),
        ("THREADS", "0"),
        ("DEFAULT_LANGUAGE", "fr"),
        ("MAX_BODY_BYTES", "-1"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load({name: value}, HERE)


def test_the_short_postgresql_address_is_understood():
    assert load({"DATABASE_URL": "postgres://u@h/d"}, HERE).database_url == "postgresql+psycopg://u@h/d"


def test_a_relative_file_of_sqlite_stands_where_the_program_is_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load({"DATABASE_URL": "sqlite:///instance/x.db"}, HERE).database_url == f"sqlite:///{tmp_path}/instance/x.db"


def test_a_wrong_setting_ends_the_start_with_one_sentence(monkeypatch, capsys):
    def make():
        return load({"PORT": "eighty"}, HERE)

    with pytest.raises(SystemExit) as ended:
        plainly(make)
    assert ended.value.code == 2
    assert capsys.readouterr().err.strip() == "PORT must be a whole number from 1 to 65535; it is 'eighty'."


def test_the_clock_runs_ahead_on_this_computer_only():
    assert load({"DEMO_DAYS_AHEAD": "30"}, HERE).demo_days_ahead == 30
    with pytest.raises(SettingsError, match="DEMO_DAYS_AHEAD"):
        load({"DEMO_DAYS_AHEAD": "30", "BASE_URL": "https://doithoai.example.vn", "SECRET_KEY": "k" * 48}, HERE)


def test_postgresql_compiles_no_statement_and_keeps_the_options_of_the_address(monkeypatch):
    engine = sa.create_engine("postgresql+psycopg://a@127.0.0.1/b?options=-c%20work_mem%3D8MB")
    asked = {}

    def connect(**named):
        asked.update(named)
        raise ConnectionRefusedError

    monkeypatch.setattr(engine.dialect, "connect", connect)
    with pytest.raises(ConnectionRefusedError):
        engine.connect()
    assert asked["options"] == "-c work_mem=8MB -c jit=off"
