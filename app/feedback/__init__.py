"""The reasoned answer: letters drafted, approved by a second person and sent; stage reports for everybody."""
