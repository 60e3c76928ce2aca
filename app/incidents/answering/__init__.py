"""An answer leaves as a mail in its thread; the first response is counted when it left."""
