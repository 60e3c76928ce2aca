"""Rules of messages: values in, values out."""
