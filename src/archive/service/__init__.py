"""What listens on a socket.  Not for: asking others (`archive.capture`)."""
