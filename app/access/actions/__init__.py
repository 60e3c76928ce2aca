"""What people and the worker do with roles and waves, one function per sentence."""
