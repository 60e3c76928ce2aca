"""What can be done with messages: send them, deliver them, decide about deliveries, channels and
the policy.
"""
