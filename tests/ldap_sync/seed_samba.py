"""Run by the system's Python, which has Samba's libraries: fills a new domain, ``seed_samba.py
SMB_CONF SAM_LDB``.
"""

import sys

from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

PASSWORD = "Secret-2026"
FILLERS = 40
MEMBER, GROUP = (
    "bf9679c0-0de6-11d0-a285-00aa003049e2",
    "bf967a9c-0de6-11d0-a285-00aa003049e2",
)
"""What the attribute ``member`` and the class ``group`` are called in access lists."""


def fill(database: SamDB, base: str) -> None:
    """Add the places and the two accounts, and let the write account change members and create
    groups.
    """
    for name in ("people", "groups", "roles", "services", "fillers"):
        database.add({"dn": f"OU={name},{base}", "objectClass": "organizationalUnit"})
    for name in ("reader", "rung-write"):
        database.newuser(name, PASSWORD, userou="OU=services")
    for number in range(FILLERS):
        name = f"m{number}"
        database.add(
            {
                "dn": f"CN={name},OU=fillers,{base}",
                "objectClass": "user",
                "sAMAccountName": name,
            }
        )
    allow(
        database,
        f"CN=rung-write,OU=services,{base}",
        [f"OU={name},{base}" for name in ("groups", "roles")],
    )


def allow(database: SamDB, account: str, places: list[str]) -> None:
    """Let an account write the members of groups below these places, and create groups there."""
    sid = SDUtils(database).get_object_sid(account)
    for place in places:
        for entry in (
            f"(OA;CIIO;WP;{MEMBER};{GROUP};{sid})",
            f"(OA;CI;CC;{GROUP};;{sid})",
        ):
            SDUtils(database).dacl_add_ace(place, entry)


def main() -> None:
    """Fill the domain in one transaction."""
    settings = LoadParm()
    settings.load(sys.argv[1])
    database = SamDB(url=sys.argv[2], session_info=system_session(), lp=settings)
    database.transaction_start()
    fill(database, str(database.domain_dn()))
    database.transaction_commit()


if __name__ == "__main__":
    main()
