from scaling.networks.training.schedule import log_steps, steps_per_epoch
from scaling.networks.training.spec import TrainingSpec


def spec(**changes):
    return TrainingSpec("CNN", {}, **{"epochs": 500, "batch_size": 32} | changes)


def test_the_last_batch_may_be_smaller_and_is_kept():
    assert steps_per_epoch(spec(), 64) == 2
    assert steps_per_epoch(spec(), 65) == 3


def test_epochs_are_distinct_log_spaced_and_end_with_the_run():
    steps = log_steps(spec(), 90)
    epochs = [step // 3 for step in steps]
    assert all(step % 3 == 0 for step in steps)
    assert epochs[:4] == [1, 2, 3, 4] and epochs[-1] == 500
    assert 30 < len(epochs) == len(set(epochs)) < 50
    ratios = [later / earlier for earlier, later in zip(epochs[-15:], epochs[-14:], strict=False)]
    assert max(ratios) / min(ratios) < 1.05


def test_steps_reach_inside_the_first_epoch():
    steps = log_steps(spec(log_unit="steps", epochs=10), 3200)
    assert steps[0] == 1 and steps[-1] == 1000 and steps == sorted(set(steps))


def test_one_point_is_the_end():
    assert log_steps(spec(log_points=1), 90) == [1500]
    assert log_steps(spec(epochs=1), 90) == [3]
