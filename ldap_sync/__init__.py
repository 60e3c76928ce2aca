"""What Rung knows about directories: values, ports and adapters. Imports nothing of ``app``."""
