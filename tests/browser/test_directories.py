"""What a directory lists besides people, what a reading left out and the rules of the house, with
all axe can find.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Running, sign_in

pytestmark = pytest.mark.browser

EXPORT = f"""dn: CN=Ada,OU=Staff,DC=ad,DC=test
objectClass: user
cn: Ada
sAMAccountName: ada
objectGUID:: {base64.b64encode(b"a" * 16).decode()}

dn: CN=Ada\\0ACNF:1f2e,OU=Staff,DC=ad,DC=test
objectClass: user
cn: Ada
sAMAccountName: ada1
objectGUID:: {base64.b64encode(b"b" * 16).decode()}

dn: CN=SQL,CN=Managed Service Accounts,DC=ad,DC=test
objectClass: top
objectClass: user
objectClass: computer
objectClass: msDS-GroupManagedServiceAccount
cn: SQL
objectGUID:: {base64.b64encode(b"c" * 16).decode()}

dn: CN=Files of the branch,OU=Groups,DC=ad,DC=test
objectClass: group
cn: Files of the branch
objectGUID:: {base64.b64encode(b"d" * 16).decode()}
member: CN=Ada,OU=Staff,DC=ad,DC=test
member: CN=SQL,CN=Managed Service Accounts,DC=ad,DC=test
member: CN=Gone,OU=Staff,DC=ad,DC=test

"""


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_no_person_what_was_left_out_and_what_means_off(
    chromium: Browser, rung: Running, tmp_path: Path, width: int
):
    export = tmp_path / "branch.ldif"
    export.write_text(EXPORT)
    admin = sign_in(chromium, rung, "admin", width=width)
    admin.go("/directory/ldif")
    admin.page.get_by_label("LDIF file").set_input_files(export)
    admin.press("Read")
    assert "1 entry left out" in admin.text()

    admin.go("/rights?kind=others")
    admin.demand_accessible()
    admin.press("Files of the branch")
    assert (
        "msDS-GroupManagedServiceAccount" in admin.page.locator("#others").inner_text()
    )
    assert "CN=Gone" in admin.page.locator("#nobodies").inner_text()
    admin.demand_accessible()

    admin.go("/directory")
    admin.press("branch")
    admin.press("Change settings")
    admin.page.get_by_label("An account is also off when").fill("sAMAccountName=ada")
    admin.demand_accessible(reload=False)
    admin.press("Save")
    assert "sAMAccountName=ada" in admin.text()

    admin.page.locator("a[href*='/readings/']").first.click()
    assert "second entry of a replication conflict" in admin.text()
    admin.demand_accessible()
