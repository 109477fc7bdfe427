"""The demo commune xã Minh Tâm: what a new user sees first. Everything in it is invented; its days move with today."""
