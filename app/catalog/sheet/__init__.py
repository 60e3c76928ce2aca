"""One service's page and its tabs: parts, duties, rights, facts, decisions and disputes."""
