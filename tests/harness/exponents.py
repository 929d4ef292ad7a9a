"""Long tables of exponents, as the steps write them, from the wide rows that procedures give."""

from collections.abc import Mapping

import pandas as pd

from scaling.analysis.exponents import IDENTITY, long_form


def long_table(fits: Mapping[tuple[str, str, str], pd.DataFrame], study: str = "trained") -> pd.DataFrame:
    """(cell, variant, norm) -> its wide rows, as the one long table of a study."""
    tables = [long_form(wide, dict(zip(IDENTITY, (study, *key), strict=True))) for key, wide in fits.items()]
    return pd.concat(tables, ignore_index=True)
