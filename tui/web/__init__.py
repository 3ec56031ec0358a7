"""What `tapeboard serve` gives to a browser."""
