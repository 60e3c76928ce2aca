"""It works again, is closed, comes back; or there was nothing to restore, or it was another one."""
