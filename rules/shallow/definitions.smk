# What the rules of the shallow networks share: their settings, as options of steps.
SHALLOW = STUDY.shallow
SHALLOW_NETWORKS = "diagonal", "quadratic"


wildcard_constraints:
    network="|".join(SHALLOW_NETWORKS),
    g=r"[0-9.e+-]+",


def shallow_numbers(values):
    """A list as the values of an option: all digits that tell one number from another."""
    return " ".join(f"{value:.15g}" for value in values)


def shallow_parts(folder, decays):
    """A table for each network and g."""
    return [f"results/shallow/{folder}/{network}_g{g:.15g}.parquet" for network in SHALLOW_NETWORKS for g in decays]


def shallow_network(section, *names):
    """Settings of one network, `diagonal_n` or `quadratic_n`, as the options of a step, `--n`."""

    def told(wildcards):
        values = {name: getattr(section, f"{wildcards.network}_{name}") for name in names}
        words = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        return " ".join(f"--{name.replace('_', '-')} {shallow_numbers(value)}" for name, value in words.items())

    return told
