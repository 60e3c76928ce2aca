"""What the numbers of all rooms say, and what of them waits for whom.

Subjects, each building on those before it:

``report`` – what the rights of a directory look like, and with whom to begin
``programme`` – how far the change to roles is, and when it will be done
``today`` – the first page: what waits for whom, and how things stand in one line each
"""
