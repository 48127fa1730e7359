"""Which layer of an encoder knows what: the score of each layer on each task, and where learned weights look."""
