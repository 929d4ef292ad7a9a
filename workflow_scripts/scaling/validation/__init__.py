"""Synthetic studies with known exponents: are the procedures right?"""
