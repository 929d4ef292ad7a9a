"""One page with the learning curves of studies, to be opened in a browser without a network."""
