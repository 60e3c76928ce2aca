"""Rules of people, sites and teams: values in, values out."""
