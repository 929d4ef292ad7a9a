"""What the exponents of trained networks depend on."""
