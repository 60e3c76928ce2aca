"""Statistics, one method a file: values in, values out; no subject stands below them."""
