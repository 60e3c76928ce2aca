"""Question scripts: what is asked at intake to find the impact of an incident."""
