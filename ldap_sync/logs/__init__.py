"""What a directory's own log says about which application asks which group how."""

from ldap_sync.logs.lines import LogLines, LogTooLarge
from ldap_sync.logs.reading import LogReader, server_of
from ldap_sync.logs.values import Way, WhatWasAsked

__all__ = ["LogLines", "LogReader", "LogTooLarge", "Way", "WhatWasAsked", "server_of"]
