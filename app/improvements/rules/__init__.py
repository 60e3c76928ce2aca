"""Pure rules of the improvements room, one module per noun: values in, values out, no database and
no clock.
"""
