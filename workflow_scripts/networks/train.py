"""Train runs by hand, on a machine that has only torch and NumPy; see scaling.networks.training.by_hand."""

from scaling.networks.training.by_hand import main

if __name__ == "__main__":
    main()
