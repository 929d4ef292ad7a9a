"""Layer statistics of a network, and the norms that are defined from them."""
