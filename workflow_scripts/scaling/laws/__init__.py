"""Where the laws hold: what all models say of them, and what the procedures return where the exponents are known."""
