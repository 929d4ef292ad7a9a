"""What a study will cost, before anything is submitted: operations, hours, memory, and the size of its jobs."""
