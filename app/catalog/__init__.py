"""The service catalogue. Its subjects, each built on those before it: hours (business hours and
calendars), matrix (priority from impact and urgency), scripts (what is asked at intake), services
(the list and the public page), sheet (one service's page and its tabs), lifecycle (publish, retire,
merge, split), takeover (the catalogue as a file).
"""
