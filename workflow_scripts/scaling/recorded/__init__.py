"""Studies that were trained and kept (the .parquet and .json files beside this module), read and made."""
