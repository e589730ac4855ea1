"""The fifth plan of Chile, 2020-2022, as its self-assessment report tells it, played through the real actions."""
