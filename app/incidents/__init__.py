"""Incidents without ping-pong. Its subjects, from low to high; each may use those before it:

- basics: the desk's numbers, and what the team agreed on
- work: take it, begin, wait, note something, try a step
- articles: what helps with an incident, and articles made of one
- files: files and recordings, told by their content
- links: improvements and role waves an incident has to do with, and what those rooms ask
- queue: one order for everybody, with the reason of each place
- mass: mass incidents and the messages they owe
- intake: a report becomes an incident; assessed again, sorted to another service
- hands: hand-overs, the responsibility of the owner, work orders
- restoration: it works again, is closed, comes back
- clocks: who had it for how long, raises, what management is told
- calls: who calls, what is open for them, a new report
- inform: one message over several channels, reminders, the log
- figures: figures of the desk week by week
- requester: the page of who reported it
- letters: a mail read within bounds
- takeover: incidents of another tool
- mail: a mail becomes a report, an answer or a contact
- answering: an answer leaves as a mail in its thread, and is counted when it left
- mailbox: fetched, set aside, left alone
- page: one incident on one page
- api: other programs, and the terminal

Below them all lie ``events`` (how an action changes an incident), ``rules`` (what every change
obeys), ``queries`` (what several subjects read), ``deeds`` (how a small question is asked and
answered), ``blueprint`` and ``pages``.
"""
