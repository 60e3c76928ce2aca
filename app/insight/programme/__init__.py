"""The programme: how far the change from single rights to roles is, and when it will be done."""
