"""What every room stands on: database, trail, settings, jobs, search, errors, pages, charts; it
knows no room.
"""
