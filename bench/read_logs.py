"""How fast logs of directories are read: megabytes a second of each server's.

Run ``python -m bench.read_logs [MEGABYTES]``.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from io import BytesIO

from ldap_sync.logs import LogLines, LogReader

GROUP = "cn=gitea,ou=groups,dc=acme,dc=test"
HEX = "69a51c80.1c2d3e4f 0x7f12 "
SLAPD = f"""{HEX}conn=%d fd=12 ACCEPT from IP=10.0.0.5:3344 (IP=0.0.0.0:389)
{HEX}conn=%d op=0 BIND dn="cn=git,dc=acme,dc=test" method=128
{HEX}conn=%d op=0 BIND dn="cn=git,dc=acme,dc=test" mech=SIMPLE bind_ssf=0 ssf=0
{HEX}conn=%d op=0 RESULT tag=97 err=0 etime=0.000052 text=
{HEX}conn=%d op=1 SRCH base="dc=acme,dc=test" scope=2 deref=0 filter="(&(uid=u1)(memberOf={GROUP}))"
{HEX}conn=%d op=1 SRCH attr=cn mail
{HEX}conn=%d op=1 SEARCH RESULT tag=101 err=0 qtime=0.0001 etime=0.0003 nentries=1 text=
{HEX}conn=%d op=2 SRCH base="dc=acme,dc=test" scope=2 deref=0 filter="(mail=ada@acme.test)"
{HEX}conn=%d op=2 SRCH attr=cn
{HEX}conn=%d op=2 SEARCH RESULT tag=101 err=0 qtime=0.0001 etime=0.0003 nentries=1 text=
{HEX}conn=%d fd=12 closed
"""
AT = "[02/Mar/2026:10:00:00.123456789 +0000] "
DS = f"""{AT}conn=%d fd=64 slot=64 connection from 10.0.0.6 to 10.0.0.1
{AT}conn=%d op=0 BIND dn="cn=ci,dc=acme,dc=test" method=128 version=3
{AT}conn=%d op=0 RESULT err=0 tag=97 nentries=0 wtime=0.1 dn="cn=ci,dc=acme,dc=test"
{AT}conn=%d op=1 SRCH base="dc=acme,dc=test" scope=2 filter="(memberOf={GROUP})" attrs="uid"
{AT}conn=%d op=1 RESULT err=0 tag=101 nentries=1 wtime=0.000069263 optime=0.000565995
{AT}conn=%d op=2 SRCH base="dc=acme,dc=test" scope=2 filter="(mail=ada@acme.test)" attrs="cn"
{AT}conn=%d op=2 RESULT err=0 tag=101 nentries=1 wtime=0.000069263 optime=0.000565995
{AT}conn=%d op=3 UNBIND
"""


def log_of(pattern: str, megabytes: int) -> bytes:
    """Return so many megabytes of connections."""
    lines = pattern.count("%d")
    one = len(pattern)
    return "".join(
        pattern % ((number,) * lines) for number in range(megabytes * 1_000_000 // one)
    ).encode()


def main() -> None:
    """Read logs and say how fast."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    for name, pattern in (("slapd", SLAPD), ("389", DS)):
        raw = log_of(pattern, megabytes)
        reader = LogReader(datetime.now(UTC).date())
        begun = time.process_time()
        asked = sum(1 for _ in reader.read(LogLines(BytesIO(raw), len(raw))))
        took = time.process_time() - begun
        print(f"{name:6} {len(raw) / 1e6 / took:6.1f} MB/s, {asked:,} questions")


if __name__ == "__main__":
    main()
