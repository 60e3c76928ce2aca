"""Rules of the catalogue: values in, values out."""
