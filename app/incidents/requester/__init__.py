"""The page of who reported it: how it stands, whether it works, what else they say."""
