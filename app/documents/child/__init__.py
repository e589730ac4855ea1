"""The reading of foreign files, in a process of its own with little memory, little time and no secrets.

Nothing here imports another part of the program: what reads a hostile file shall know nothing worth taking, and start
quickly. It is handed the bytes, and hands back what they are and the bytes to store, or which fault they have.
"""
