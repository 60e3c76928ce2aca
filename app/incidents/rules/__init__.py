"""Rules of incidents: values in, values out."""
