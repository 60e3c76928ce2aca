"""Roles: from scattered rights to a few roles, person after person, with a way back.

The subjects, each using only those before it:

- ``engine``: moves people up and down in the directory, in the worker or in the foreground
- ``fit``: how a role fits people, and whom without any change
- ``roles``: a named set of rights with an owner, in versions; drafted, changed, retired
- ``climb``: how many people each rung of a role takes, and who comes next
- ``plan``: whom to move and what changes for each, as one document with its hash
- ``apart``: rights that nobody should hold together; reported, never enforced
- ``drift``: what became other than a plan promised, by another hand; repaired, accepted, undone
- ``soak``: on how many days a moved person was seen, of those that the plan wants
- ``waves``: approved, applied, confirmed; what a wave shows, and how the worker takes it up
- ``rehearsal``: what the plan does to the questions that applications really ask
- ``works``: what moved people say by a link of their own, and one right given back at once
- ``duties``: named duties say go or no-go to a wave, by a link of their own
- ``single``: rights given and taken one by one, without a role
- ``exceptions``: rights with an end, and how they end by themselves
- ``reviews``: at most ten concrete questions to the owner of rights, at one sitting
- ``undo``: what would come back, what others changed meanwhile, and who asks for it
- ``gate``: what speaks for more people and what against it, and what somebody decides
- ``turnover``: who joined, moved or left, and what becomes of their rights
- ``arm``: when a wave may begin by itself, what stops it, and whom that is told
- ``person``: where each right of one person comes from; it knows roles only
- ``trial``: rights beyond the roles, switched off for some days to see whether anybody misses them
- ``api``: roles and waves for programs, which read and plan, and never approve
- ``programs``: differences and exceptions as other programs read them
- ``commands``: the terminal's twin of all of them, on top

The ground: ``rungs`` tells the ladder of improvements where waves and people stand; ``document`` is
what is kept, hashed, approved and run; ``rules`` what a role is to the planner and what one step
does; ``states`` where waves and people can stand and what brings them from where to where;
``queries`` what several subjects ask; ``blueprint`` and ``pages`` hold the addresses.
"""
