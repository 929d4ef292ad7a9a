"""Images: data sets from every source, and random subsets of them."""
