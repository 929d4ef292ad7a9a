"""How fast runs train here (`make bench-train`); see scaling.networks.benchmark.benchmark."""

from scaling.networks.benchmark.benchmark import main

if __name__ == "__main__":
    main()
