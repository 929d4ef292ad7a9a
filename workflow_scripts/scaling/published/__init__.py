"""Facts of the published study: its tables, and the windows that its authors fitted in."""
