"""Runs for a borrowed machine: written where the configuration is, trained elsewhere in some minutes, adopted."""
