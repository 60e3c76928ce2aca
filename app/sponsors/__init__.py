"""Those who pay for a change, carry it or doubt it, most of them without an account.

The subjects, each using only those before it:

- ``links``: a link of their own for somebody without an account, given and taken back
- ``primers``: short texts for who does not know the work, and where to learn more
- ``pulses``: a few questions to a few people, answered without a name, and what came of them
- ``adoption``: who has and uses what was improved, and who went back, with what is not known
- ``stakeholders``: who has a say, where they stand, what was tried and what is to be done
- ``objections``: what was said against it, in their words, and what answered it
- ``meetings``: kick-offs, workshops, reviews and talks of two: who came, what came of them
- ``visits``: who is gone to, what was heard, what it became; where nobody was for long
- ``rollouts``: the desk at the table, which calls are expected and came, until customers have it
- ``gains``: what each audience gains, and letters about it
- ``said``: what is answered behind it, counted once, and what is replied
- ``status``: how things stand, in one sentence and a few figures, on one phone screen
- ``team``: who we are, what IT is for and how we are reached, for everybody once it is opened
- ``value``: what the work is worth, figures that are published, thanks
- ``merging``: what goes along when an improvement goes into another
- ``commands``: the terminal's twin of all of them, on top

The ground: ``blueprint`` and ``pages`` hold the addresses,
``rules`` name the step somebody is stuck at, ``events`` tell what was done without anybody's words.
`lint-imports` holds the order.
"""
