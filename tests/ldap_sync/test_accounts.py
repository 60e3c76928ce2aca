"""Whether an account is off, by the spellings of all servers and by house rules: a table that is
easy to lengthen.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldap_sync.accounts import ATTRIBUTES, SPELLINGS, Judge
from ldap_sync.ldif import snapshot_from_ldif

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
TODAY = (NOW - datetime(1970, 1, 1, tzinfo=UTC)).days
WINDOWS = int((NOW - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000

OFF = [
    "userAccountControl: 514",
    "userAccountControl: 66050",
    f"accountExpires: {WINDOWS - 1}",
    f"accountExpires: {WINDOWS}",
    "msDS-UserAccountDisabled: TRUE",
    "nsAccountLock: true",
    "nsAccountLock: TRUE",
    "nsRoleDN: cn=nsManagedDisabledRole,dc=x",
    "nsRoleDN: CN=nsdisabledrole, dc=x",
    "nsRoleDN: cn=staff,dc=x|nsRoleDN: cn=nsmanageddisabledrole,dc=x",
    "inetUserStatus: Inactive",
    "inetUserStatus: deleted",
    "loginDisabled: TRUE",
    "loginExpirationTime: 20260503115959Z",
    "sambaAcctFlags: [UD         ]",
    "sambaAcctFlags: [DU         ]",
    "krb5KDCFlags: 254",
    "krbPrincipalExpiration: 20251231000000Z",
    "shadowExpire: 1",
    "shadowExpire: 0",
    f"shadowExpire: {TODAY}",
    "pwdAccountLockedTime: 000001010000Z",
    "pwdEndTime: 20260503140000+0200",
    "pwdEndTime: 20260503120000Z",
    "pwdEndTime: 2026050311Z",
    "ds-pwp-account-disabled: true",
    "ds-pwp-account-expiration-time: 20260101000000.000Z",
    "orclIsEnabled: DISABLED",
    "accountStatus: disabled",
    "sambaKickoffTime: 1700000000",
    "zimbraAccountStatus: closed",
    "authAuthority: ;DisabledUser;;Kerberosv5;",
    "ibm-pwdAccountLocked: TRUE",
    "employeeType: Leaver",
    "employeeType: inactive",
]
ON = [
    "userAccountControl: 512",
    "userAccountControl: 66048",
    "userAccountControl: 528",
    "accountExpires: 0",
    "accountExpires: 9223372036854775807",
    f"accountExpires: {WINDOWS + 10_000_000}",
    "msDS-UserAccountDisabled: FALSE",
    "nsAccountLock: false",
    "nsRoleDN: cn=staff,dc=x",
    "nsRoleDN: cn=staff,ou=nsManagedDisabledRole,dc=x",
    "inetUserStatus: active",
    "loginDisabled: FALSE",
    "loginExpirationTime: 20260503120001Z",
    "sambaAcctFlags: [U          ]",
    "sambaAcctFlags: [UX         ]",
    "krb5KDCFlags: 126",
    "krbPrincipalExpiration: 20300101000000Z",
    "shadowExpire: -1",
    f"shadowExpire: {TODAY + 1}",
    "shadowExpire: never",
    "pwdAccountLockedTime: 20260503100000Z",
    "pwdEndTime: 20260503120000-0100",
    "pwdEndTime: 20261399000000Z",
    "pwdEndTime: soon",
    "ds-pwp-account-disabled: false",
    "sambaKickoffTime: 0",
    "sambaKickoffTime: 2147483647",
    "sambaKickoffTime: 1893456000",
    "zimbraAccountStatus: locked",
    "authAuthority: ;Kerberosv5;",
    "ibm-pwdAccountLocked: FALSE",
    "ds-pwp-account-expiration-time: 20300101000000.000Z",
    "orclIsEnabled: ENABLED",
    "accountStatus: active",
    "employeeType: clerk",
    "loginShell: /bin/false",
    "ak-active: FALSE",
]
HOUSE = [  # the rules, the attributes, whether the account is off
    ("ak-active=FALSE", "ak-active: FALSE", True),
    ("AK-Active = false", "ak-active: FALSE", True),
    ("ak-active=FALSE", "ak-active: TRUE", False),
    ("ak-active=FALSE", "cn: x", False),
    ("leaveDate=*", "leaveDate: 2026-01-01", True),
    ("leaveDate=*", "cn: x", False),
    ("state=gone|state=left", "state: left", True),
    ("state=gone", "state: here|state: gone", True),
    ("memo=a=b", "memo: a=b", True),
    ("state=gone", "nsAccountLock: TRUE", True),
]


def entry(lines: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines.split("|"):
        name, _, value = line.partition(": ")
        found.setdefault(name.lower(), []).append(value)
    return found


@pytest.mark.parametrize("lines", OFF)
def test_an_account_that_is_off(lines: str) -> None:
    assert Judge(NOW).is_off(entry(lines))


@pytest.mark.parametrize("lines", ON)
def test_an_account_that_is_on(lines: str) -> None:
    assert not Judge(NOW).is_off(entry(lines))


def test_every_spelling_is_in_both_tables() -> None:
    for told in (OFF, ON):
        assert {name.lower() for name in ATTRIBUTES} <= {
            name for lines in told for name in entry(lines)
        }


@pytest.mark.parametrize(("rules", "lines", "off"), HOUSE)
def test_a_house_rule_says_what_else_means_off(
    rules: str, lines: str, off: bool
) -> None:
    assert Judge.at(NOW, rules.split("|")).is_off(entry(lines)) is off


@given(st.sampled_from([name for name, _ in SPELLINGS]), st.text(max_size=30))
def test_no_value_breaks_the_judging(name: str, value: str) -> None:
    assert Judge(NOW).is_off({name.lower(): [value]}) in (True, False)


def test_an_account_of_an_export_that_ends_tomorrow_is_on_until_then(
    tmp_path: Path,
) -> None:
    export = tmp_path / "export.ldif"
    export.write_text(
        f"dn: uid=x,dc=x\nobjectClass: inetOrgPerson\nuid: x\nshadowExpire: {TODAY + 1}\n\n"
    )
    off = [
        snapshot_from_ldif(export, judge=Judge(NOW + timedelta(days=days)))
        .people[0]
        .disabled
        for days in (0, 1)
    ]
    assert off == [False, True]
