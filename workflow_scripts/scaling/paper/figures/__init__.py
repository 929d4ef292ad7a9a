"""The paper's figures of learning curves."""
