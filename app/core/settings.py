"""Settings: environment ``RUNG_…`` over ``rung.toml`` over the defaults written here; unknown keys
are errors.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from app.core.errors import Invalid, Refused
from app.core.nets import nets_of
from app.core.trust import PREFIX, VARIABLE, Trust
from app.core.whole_files import make_once

PROJECT = Path(__file__).resolve().parent.parent.parent
DEFAULT_HOME = PROJECT / "var"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults.

    Times are in the unit the name ends with; shares are between 0 and 1.
    """

    home: Path = DEFAULT_HOME
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    queue_url: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 2
    operator: str = ""
    desk_mail: str = ""
    imap_url: str = ""
    imap_folder: str = "INBOX"
    timezone: str = "UTC"
    trusted_hosts: str = ""
    trusted_proxies: int = 0
    secure_cookies: bool = False
    log_format: str = "console"
    cooling_hours: float = 4.0
    exception_days: int = 90
    max_people_per_wave: int = 50
    max_share_of_group: float = 0.5
    max_deletions_per_hour: int = 5000
    lease_seconds: int = 60
    batch_size: int = 25
    gate_stops: bool = False
    cti_secret: str = field(default="", repr=False)
    phone_country: str = ""
    wip_limit: int = 2
    weekly_hour: int = 7
    public_url: str = ""
    idle_hours: float = 2.0
    api_per_minute: int = 600
    secrets_dir: str = ""
    secrets_also: str = ""
    secrets_env: str = ""
    plaintext_ldap: bool = False
    channel_nets: str = "mail"
    expect_worker: bool = True
    audit_anchors: str = ""
    warn_free_mb: int = 200
    least_free_mb: int = 20

    @property
    def database(self) -> str:
        """Return the database address: the one given, or the SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.home / 'rung.db'}"

    @property
    def backups(self) -> Path:
        """Return the folder for copies of the database taken before it is changed as a whole."""
        return self.home / "backups"

    @property
    def files(self) -> Path:
        """Return the folder that holds the files and recordings of incidents."""
        return self.home / "files"

    @property
    def audit_key(self) -> Path:
        """Return the file with the keys that seal the audit trail."""
        return self.home / "audit_key"

    @property
    def anchors(self) -> Path:
        """Return the file that the end of the audit trail is noted in each day."""
        kept = self.audit_anchors
        return Path(kept) if kept else self.home / "audit-anchors"

    @property
    def plans(self) -> Path:
        """Return the folder that holds the forward and reverse LDIF of every plan."""
        return self.home / "plans"

    @property
    def idle(self) -> timedelta:
        """Return after how long without a click a sign-in ends."""
        return timedelta(hours=self.idle_hours)

    @property
    def secrets(self) -> Path:
        """Return the folder that files with passwords and addresses of channels lie in."""
        return Path(self.secrets_dir) if self.secrets_dir else self.home / "secrets"


SECRETS = frozenset({"secret_key", "database_url", "queue_url", "cti_secret"})
SHORTEST_SECRET = 16
QUEUES = ("redis://", "rediss://", "postgresql://")
RANGES: dict[str, tuple[float, float]] = {
    "port": (0, 65535),
    "web_processes": (1, 32),
    "trusted_proxies": (0, 10),
    "cooling_hours": (0, 24 * 365),
    "exception_days": (1, 3650),
    "max_people_per_wave": (1, 100_000),
    "max_share_of_group": (0, 1),
    "max_deletions_per_hour": (1, 10_000_000),
    "lease_seconds": (5, 3600),
    "batch_size": (1, 100),
    "wip_limit": (1, 1000),
    "weekly_hour": (0, 167),
    "idle_hours": (0.25, 12),
    "api_per_minute": (0, 100_000),
    "warn_free_mb": (0, 1_000_000_000),
    "least_free_mb": (0, 1_000_000_000),
}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises ``Invalid`` naming the key that is unknown or cannot be understood.
    """
    env = os.environ if environ is None else environ
    values = {key: _parsed(key, text) for key, text in _from_environment(env).items()}
    home = Path(values.get("home", DEFAULT_HOME)).expanduser().resolve()
    settings = Settings(**{**_from_file(home / "rung.toml"), **values, "home": home})
    _check(settings)
    return settings


def demand_home(settings: Settings) -> None:
    """Raise ``Refused`` when the data folder is not there, so that nobody works on a new one by
    mistake.
    """
    if not settings.home.is_dir():
        raise Refused(
            f"There is no data folder at {settings.home}; set RUNG_HOME, or make one with "
            "`rung init`."
        )


def with_secret(settings: Settings) -> Settings:
    """Return ``settings`` with a secret key: the one given, or one made at first need and kept in
    the data folder.
    """
    if settings.secret_key:
        return settings
    return replace(settings, secret_key=_kept_secret(settings.home))


def make_folder_for_secrets(settings: Settings) -> None:
    """Make the folder for secrets in the data folder; one of another place is made by who chose
    it.
    """
    if not settings.secrets_dir:
        settings.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)


def masked(settings: Settings) -> dict[str, str]:
    """Return every setting as text, secrets masked."""
    shown = {name: str(getattr(settings, name)) for name in _names()}
    return {
        name: "********" if name in SECRETS and text else text
        for name, text in shown.items()
    }


def _names() -> list[str]:
    return [item.name for item in fields(Settings)]


def _from_environment(env: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in env.items():
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower()
            if key.endswith("_file") and key.removesuffix("_file") in SECRETS:
                key, text = key.removesuffix("_file"), _read_secret(name, Path(text))
            found[_known(key, name)] = text
    return found


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Invalid(
            f"{name}: {path} cannot be read ({error.strerror}).", field=name
        ) from error


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            f"{path} is not valid TOML: {error}.", field="rung.toml"
        ) from error
    if "home" in content:
        raise Invalid(
            f"home in {path} cannot say where {path} is; set RUNG_HOME.", field="home"
        )
    return {
        _known(key, f"{key} in {path}"): _typed(key, value, path)
        for key, value in content.items()
    }


def _known(key: str, shown: str) -> str:
    if key not in _names():
        raise Invalid(
            f"Unknown setting {shown}. `rung config` lists the known ones.", field=key
        )
    return key


def _parsed(key: str, text: str) -> Any:
    kind = _kind(key)
    try:
        return _truth(text) if kind is bool else kind(text)
    except ValueError as error:
        raise _wrong_kind(f"{PREFIX}{key.upper()}", kind, text, key) from error


def _typed(key: str, value: Any, path: Path) -> Any:
    kind = _kind(key)
    if type(value) is kind or (kind is float and type(value) is int):
        return kind(value)
    raise _wrong_kind(f"{key} in {path}", kind, value, key)


def _kind(key: str) -> Any:
    return type(getattr(Settings(), key))


def _wrong_kind(shown: str, kind: type, value: object, key: str) -> Invalid:
    words = {
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        str: "a text",
    }
    secret = key in SECRETS
    return Invalid(
        f"{shown} must be {words[kind]}" + ("." if secret else f", not {value!r}."),
        field=key,
    )


def _truth(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(text)


def _check(settings: Settings) -> None:
    for key, (lowest, highest) in RANGES.items():
        if (
            not lowest <= getattr(settings, key) <= highest
        ):  # also refuses nan, which compares with nothing
            raise Invalid(f"{key} must be between {lowest} and {highest}.", field=key)
    if settings.queue_url and not settings.queue_url.startswith(QUEUES):
        raise Invalid(
            f"queue_url must start with one of {', '.join(QUEUES)}.", field="queue_url"
        )
    if settings.phone_country and not (
        settings.phone_country.isdecimal() and len(settings.phone_country) <= 3
    ):
        raise Invalid(
            "phone_country is a calling code in digits, such as 41.",
            field="phone_country",
        )
    if settings.cti_secret and len(settings.cti_secret) < SHORTEST_SECRET:
        raise Invalid(
            f"cti_secret needs at least {SHORTEST_SECRET} characters.",
            field="cti_secret",
        )
    if settings.log_format not in {"console", "json"}:
        raise Invalid("log_format must be console or json.", field="log_format")
    if settings.timezone not in {"UTC", *available_timezones()}:
        raise Invalid(
            f"timezone: {settings.timezone} is no time zone, such as Europe/Berlin.",
            field="timezone",
        )
    _check_public_url(settings.public_url)
    _check_places(settings)


def listed(text: str) -> tuple[str, ...]:
    """Return the entries of a setting that holds several, separated by commas."""
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _own_files(environ: Mapping[str, str]) -> frozenset[Path]:
    """Return the files that hold Rung's own secrets, as ``RUNG_SECRET_KEY_FILE`` and its like name
    them.
    """
    named = (environ.get(f"{PREFIX}{key.upper()}_FILE", "") for key in SECRETS)
    return frozenset(Path(os.path.realpath(file)) for file in named if file)


def trust_of(settings: Settings, environ: Mapping[str, str] | None = None) -> Trust:
    """Return what the settings allow.

    The folder of systemd's credentials counts as one for secrets.
    """
    env = os.environ if environ is None else environ
    given = env.get("CREDENTIALS_DIRECTORY", "")
    folders = (settings.secrets, *([Path(given)] if given.startswith("/") else []))
    return Trust(
        folders=folders,
        files=frozenset(_real(file) for file in listed(settings.secrets_also)),
        variables=frozenset(listed(settings.secrets_env)),
        own=_own_files(env) | _mailbox_file(settings),
        plaintext=settings.plaintext_ldap,
        channel_nets=settings.channel_nets,
    )


def _mailbox_file(settings: Settings) -> frozenset[Path]:
    """Return the file with the mailbox's address: no operator may point anything else at it."""
    kind, _, place = settings.imap_url.partition(":")
    if kind != "file" or not place:
        return frozenset()
    return frozenset({_real(str(settings.secrets / place))})


def _real(place: str) -> Path:
    return Path(os.path.realpath(place))


def _check_public_url(url: str) -> None:
    if url and (fault := _fault_of_public_url(url)):
        raise Invalid(
            f"public_url: {fault} It is like https://rung.example.org.",
            field="public_url",
        )


def _fault_of_public_url(url: str) -> str:
    if not url.isprintable() or " " in url:
        return "It holds a space or a character that cannot be seen."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "Its host or its port cannot be understood."
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "It needs http:// or https:// and a host."
    if (
        parts.username is not None
        or parts.query
        or parts.fragment
        or parts.path not in ("", "/")
    ):
        return "Only scheme, host and port belong into it; a folder below the host does not work."
    return ""


def _check_places(settings: Settings) -> None:
    for key in ("secrets_dir", "secrets_also"):
        for place in listed(getattr(settings, key)):
            if not place.startswith("/") or ".." in Path(place).parts:
                raise Invalid(
                    f"{key}: {place} must be a whole path, starting with a slash.",
                    field=key,
                )
    if settings.home.resolve().is_relative_to(settings.secrets.resolve()):
        raise Invalid(
            "secrets_dir must not hold the data folder: everything in it may be named.",
            field="secrets_dir",
        )
    for name in listed(settings.secrets_env):
        if not VARIABLE.fullmatch(name):
            raise Invalid(
                f"secrets_env: {name} is no name of a variable.", field="secrets_env"
            )
        if name.upper().startswith(PREFIX):
            raise Invalid(
                f"secrets_env: {name} is a setting of Rung; take another name.",
                field="secrets_env",
            )
    try:
        nets_of(settings.channel_nets)
    except ValueError as error:
        raise Invalid(f"channel_nets: {error}.", field="channel_nets") from error


def _kept_secret(home: Path) -> str:
    path = home / "secret_key"
    if not path.exists():
        make_once(path, secrets.token_hex(32))
    try:
        kept = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        kept = ""
    if not kept:
        raise Refused(
            f"{path} is damaged. Put it back from a backup, or delete it: everybody signs in "
            "anew then."
        )
    return kept
