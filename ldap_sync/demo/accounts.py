"""Where the demo company stands in its directory and who may sign in there: invented people, on
loopback only.
"""

from __future__ import annotations

from ldap_sync.values import Connection

SUFFIX = "dc=demo,dc=example"
PEOPLE, GROUPS, ROLES, SERVICES = (
    f"ou={name},{SUFFIX}" for name in ("people", "groups", "roles", "services")
)

ROOT_DN = f"cn=admin,{SUFFIX}"
READ_DN = f"cn=rung-read,{SERVICES}"
WRITE_DN = f"cn=rung-write,{SERVICES}"
PLACEHOLDER = f"cn=placeholder,{SERVICES}"

ROOT_PASSWORD = "demo-admin"  # noqa: S105 everybody may know the passwords of the demo
READ_PASSWORD = "demo-read"  # noqa: S105
WRITE_PASSWORD = "demo-write"  # noqa: S105


def demo_connection(url: str) -> Connection:
    """Return how Rung reaches the demo company behind ``url``, with its reading and its writing
    account.
    """
    return Connection(
        url=url,
        base=SUFFIX,
        people_base=PEOPLE,
        group_base=GROUPS,
        role_base=ROLES,
        bind_dn=READ_DN,
        bind_password=READ_PASSWORD,
        write_dn=WRITE_DN,
        write_password=WRITE_PASSWORD,
        security="plaintext",
        placeholders=(PLACEHOLDER,),
    )
