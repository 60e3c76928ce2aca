"""Articles after KCS: found while typing, made from incidents, trusted by reuse."""
