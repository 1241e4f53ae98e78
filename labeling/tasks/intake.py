"""Topics of intake: reading a job's input and checking its photos."""
