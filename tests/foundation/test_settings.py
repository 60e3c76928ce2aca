"""Settings: what wins over what, and how a wrong one is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import Invalid
from app.core.settings import Settings, load, masked, with_secret


def home_with(folder: Path, toml: str) -> dict[str, str]:
    (folder / "rung.toml").write_text(toml)
    return {"RUNG_HOME": str(folder)}


def test_without_anything_the_defaults_hold() -> None:
    assert load({}) == Settings()


def test_the_file_wins_over_the_defaults(tmp_path: Path) -> None:
    assert load(home_with(tmp_path, "port = 9000\nsecure_cookies = true")).port == 9000


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env = home_with(tmp_path, "port = 9000\ncooling_hours = 2")
    settings = load({**env, "RUNG_PORT": "9001"})
    assert (settings.port, settings.cooling_hours) == (9001, 2.0)


def test_other_programs_variables_are_left_alone() -> None:
    assert load({"PORT": "9", "RUNGS": "9", "rung_port": "9"}) == Settings()


@pytest.mark.parametrize(
    "env", [{"RUNG_PROT": "9000"}, {"RUNG_": "x"}, {"RUNG_PORT_FILE": "/etc/passwd"}]
)
def test_an_unknown_variable_is_named(env: dict[str, str]) -> None:
    with pytest.raises(Invalid, match=f"Unknown setting {next(iter(env))}"):
        load(env)


def test_an_unknown_key_in_the_file_is_named_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"Unknown setting prot in .*rung\.toml"):
        load(home_with(tmp_path, "prot = 9000"))


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="not valid TOML"):
        load(home_with(tmp_path, "port = = 9"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUNG_PORT", "many"),
        ("RUNG_SECURE_COOKIES", "perhaps"),
        ("RUNG_COOLING_HOURS", ""),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=name):
        load({name: value})


@pytest.mark.parametrize(
    "toml",
    ['port = "9000"', "port = 9000.5", "port = true", "operator = 5", "home = 5"],
)
def test_a_value_of_the_wrong_kind_in_the_file_is_refused(
    tmp_path: Path, toml: str
) -> None:
    with pytest.raises(Invalid, match=toml.split()[0]):
        load(home_with(tmp_path, toml))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUNG_PORT", "70000"),
        ("RUNG_PORT", "-1"),
        ("RUNG_COOLING_HOURS", "-1"),
        ("RUNG_MAX_SHARE_OF_GROUP", "1.5"),
        ("RUNG_MAX_SHARE_OF_GROUP", "nan"),
        ("RUNG_LEASE_SECONDS", "0"),
        ("RUNG_LOG_FORMAT", "xml"),
        ("RUNG_TIMEZONE", "Mars/Olympus"),
    ],
)
def test_a_value_out_of_its_range_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=name.removeprefix("RUNG_").lower()):
        load({name: value})


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("not guessable\n")
    assert load({"RUNG_SECRET_KEY_FILE": str(file)}).secret_key == "not guessable"


def test_a_secret_file_that_is_missing_is_named() -> None:
    with pytest.raises(Invalid, match="/nowhere/secret cannot be read"):
        load({"RUNG_SECRET_KEY_FILE": "/nowhere/secret"})


def test_secrets_are_masked_wherever_settings_are_shown(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        secret_key="guess",
        database_url="postgresql://u:guess@h/d",
        queue_url="x:guess",
    )
    assert "guess" not in str(masked(settings))
    assert "guess" not in repr(settings)
    assert masked(settings)["port"] == "8000"


def test_a_secret_key_is_made_once_and_only_its_owner_can_read_it(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path / "new")
    first, second = with_secret(settings), with_secret(settings)
    assert first.secret_key == second.secret_key != ""
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_given_secret_key_is_kept_out_of_the_data_folder(tmp_path: Path) -> None:
    settings = replace(Settings(home=tmp_path), secret_key="given")
    assert with_secret(settings) is settings
    assert not (tmp_path / "secret_key").exists()
