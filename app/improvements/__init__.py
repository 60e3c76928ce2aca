"""Improvements climb the ladder. The subjects, each building on those above it:

- ``statistics``: methods, one a file; ``rules``, ``events``, ``queries``, ``signals``,
  ``blueprint``: the ground
- ``history``: what was done, field by field, and two people who change the same thing
- ``tasks``: what is to be done, by whom, until when; the first is the next step
- ``comments``: what is said about an improvement, and who is named in it
- ``findings``: what came up, how much it matters, how it is settled
- ``files``: files of an improvement or of a comment
- ``notes``: notes, costs and benefits beside an improvement
- ``people``: who takes part, from asked to “it works” and back
- ``crowd``: many of them at once: counted, asked by site, team or group, moved, taken back
- ``answers``: what they say themselves behind a signed link: it works, or it does not
- ``metrics``: chosen, measured, corrected, drawn
- ``due``: the values that are due, of all metrics on one sheet
- ``spread``: how many have it, when all will, how often predictions come true
- ``register``: an improvement is raised, completed, moved from state to state
- ``merging``: two that ask for the same, side by side or made one
- ``complaints``: said, heard again, answered, made into an improvement
- ``gate``: what an iteration has shown, its verdict, which decisions are open
- ``board``: all improvements at once, what needs attention, what drifted
- ``rungs``: iterations planned, started, decided, frozen, carried over
- ``takeover``: the register of another tool comes in, this one goes out
- ``sheet``: one improvement, what counts now first, its seven steps and the other tabs
- ``case``: the business case for any day, compared, frozen
- ``templates``: what to start from
- ``climb``: a small rung begins with who, what and until when; the next one of the ladder
- ``iteration``: one iteration on one page, and the answers to its forms
- ``commands``: improvements on the command line
- ``api``: improvements for other programs
- ``ladder``: rungs for the rooms above

`lint-imports` holds the order.
"""
