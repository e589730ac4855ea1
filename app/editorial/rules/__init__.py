"""What the office may write and enter, and the sentences for what it may not."""
