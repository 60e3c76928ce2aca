"""What the work is worth, in plain words: figures one may publish, and thanks that were said."""
