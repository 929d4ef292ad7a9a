"""Trained networks: images, models, training, norms, plan, audits."""
