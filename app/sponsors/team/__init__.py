"""The team page: who we are, what IT is for, how we are reached, what each looks after."""
