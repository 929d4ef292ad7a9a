"""From learning curves as functions of the norm to exponents; nothing here knows where a curve comes from."""
