"""One message over several channels: recipients, deliveries, who was told and who was not,
promises.
"""
