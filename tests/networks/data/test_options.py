"""What is done to a data set after its source was read: deformed images, wrong labels."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from harness.images import prepared, write_idx_set
from harness.paths import SCRIPTS
from harness.steps import run_step

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import MAX_BYTES, ImageArrays
from scaling.networks.data.options import deform, label_noise
from scaling.networks.data.settings import Dataset, Deform
from scaling.networks.data.sizes import known_sizes, known_training_images

EVERYTHING = {"rotation": 15, "shift": 0.9, "scale": 0.15, "shear": 0.2, "train_images": 3000, "test_images": 500}


def arrays_of(images):
    return ImageArrays(images, np.arange(len(images)), images[::-1], np.arange(len(images)))


def random_images(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def by_hand(image, matrix, shift):
    """The definition, one pixel at a time in float64: linear interpolation, black outside."""
    height, width = image.shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    made = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            x, y = matrix @ (np.array([column, row]) - middle) + shift + middle
            for left in (int(np.floor(x)), int(np.floor(x)) + 1):
                for top in (int(np.floor(y)), int(np.floor(y)) + 1):
                    if 0 <= left < width and 0 <= top < height:
                        made[row, column] += max(0, 1 - abs(x - left)) * max(0, 1 - abs(y - top)) * image[top, left]
    return made


def test_an_image_is_what_rotation_shear_scales_and_shift_say():
    image = random_images(1, 7, 10, 1)
    draws = np.array([[0.7], [-0.3], [0.5], [0.9], [-0.4], [-1.0]])
    angle = 0.7 * np.deg2rad(40)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, -0.2], [0, 1]]) @ np.diag([1 + 0.9 * 0.15, 1 - 0.4 * 0.15])
    expected = by_hand(image[0, ..., 0].astype(float), matrix, np.array([-0.3, 0.5]) * 1.5)
    maps = deform._maps(draws, {"rotation": 40, "shift": 1.5, "scale": 0.15, "shear": 0.2})
    made = deform._deformed(image, np.array([0]), maps)[0, ..., 0]
    assert np.abs(made - expected).max() < 0.5 + 255 * 2 * 2.0**-deform.BITS


def test_sine_and_cosine_without_a_library():
    angles = np.linspace(-np.pi, np.pi, 10_001)
    sine, cosine = deform._sine_and_cosine(angles)
    assert np.abs(sine - np.sin(angles)).max() < 2e-15 and np.abs(cosine - np.cos(angles)).max() < 2e-15


def test_no_deformation_gives_the_originals_in_turn():
    images = random_images(5, 6, 4, 3)
    made = deform.apply(arrays_of(images), Deform(train_images=12, test_images=3))
    assert np.array_equal(made.train_images, images[np.arange(12) % 5])
    assert made.train_labels.tolist() == [0, 1, 2, 3, 4] * 2 + [0, 1]
    assert np.array_equal(made.test_images, images[::-1][:3])


def test_a_whole_shift_and_a_half_turn():
    image = random_images(1, 5, 5, 1)
    maps = np.array([1.0, 0, 0, 1, 2, 0])[:, None]
    moved = deform._deformed(image, np.array([0]), maps)[0, ..., 0]
    assert np.array_equal(moved[:, :3], image[0, :, 2:, 0]) and not moved[:, 3:].any()
    half = deform._deformed(image, np.array([0]), np.array([-1.0, 0, 0, -1, 0, 0])[:, None])
    assert np.array_equal(half[0], image[0, ::-1, ::-1])


def test_originals_of_training_and_test_stay_apart():
    train = ImageArrays(
        np.full((3, 4, 4, 1), 200, np.uint8), np.arange(3), np.full((2, 4, 4, 1), 9, np.uint8), np.ones(2)
    )
    made = deform.apply(train, Deform(**EVERYTHING))
    assert set(np.unique(made.test_images)) <= set(range(10)) and made.train_images.max() == 200
    assert len(np.unique(made.train_images.reshape(3000, -1), axis=0)) > 2900, "every image is a new one"
    assert not np.array_equal(made.train_images[:500], made.test_images), "two streams of random numbers"


def test_an_image_does_not_depend_on_how_many_there_are_and_does_on_the_seed(monkeypatch):
    images = arrays_of(random_images(7, 8, 8, 1))
    many = deform.apply(images, Deform(**EVERYTHING)).train_images
    few = deform.apply(images, Deform(**EVERYTHING | {"train_images": 10})).train_images
    assert np.array_equal(few, many[:10])
    assert not np.array_equal(
        few, deform.apply(images, Deform(**EVERYTHING | {"train_images": 10, "seed": 1})).train_images
    )
    monkeypatch.setattr(deform, "AT_ONCE", 1)
    assert np.array_equal(deform.apply(images, Deform(**EVERYTHING | {"train_images": 10})).train_images, few)


# Written down once; another machine, NumPy or number of threads has to give them again.
SUMS = {
    "train_images": "b50354f267b181dae215fa69403d35ee1920a1e8efd2238ad23a82a52bad68a8",
    "train_labels": "5fe0c5cafc4169e8bfee570f2dc4b1a4a085d034b659f9542cd0bb1a3811ae0c",
    "test_images": "9a2c4573f50bbb69291c529629099c791771b35200856212ce250ab21f902fb9",
    "test_labels": "82a250c9a8026a0cbef1dfd7a95d26117c032ab5116973ed13669486ec40ab77",
}


@pytest.mark.parametrize(
    "machine",
    [
        {},
        {"OPENBLAS_CORETYPE": "Prescott", "OMP_NUM_THREADS": "1"},
        {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX"},
    ],
)
def test_the_bytes_are_the_same_on_any_machine(machine):
    program = (
        "import json, sys, warnings; sys.path.insert(0, sys.argv[1]); warnings.simplefilter('ignore');"
        " from scaling.networks.data.prepare import prepare; from scaling.networks.data.settings import Dataset;"
        " digits = Dataset(source='digits', deform=json.loads(sys.argv[2]), label_noise=0.2);"
        " print(json.dumps(prepare(digits)[1]['sha256']))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(SCRIPTS), json.dumps(EVERYTHING)],
        env=os.environ | machine, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(found.stdout) == SUMS


def test_wrong_labels_are_a_share_fixed_for_each_image_and_the_test_is_clean():
    labels = np.arange(20_000) % 10
    arrays = ImageArrays(np.zeros((20_000, 1, 1, 1), np.uint8), labels, np.zeros((10, 1, 1, 1), np.uint8), labels[:10])
    noisy = label_noise.apply(arrays, 0.2)
    wrong = noisy.train_labels != labels
    assert abs(wrong.mean() - 0.18) < 4 * (0.18 * 0.82 / 20_000) ** 0.5
    assert np.bincount(noisy.train_labels[wrong]).min() > 280, "of all classes"
    assert np.array_equal(noisy.test_labels, arrays.test_labels)
    assert np.array_equal(noisy.train_labels, label_noise.apply(arrays, 0.2).train_labels)
    more = label_noise.apply(arrays, 0.5).train_labels
    assert np.array_equal(more[wrong], noisy.train_labels[wrong]), "a larger share keeps what a smaller one has drawn"
    fewer = ImageArrays(arrays.train_images[:50], labels[:50], arrays.test_images, labels[:10])
    assert np.array_equal(label_noise.apply(fewer, 0.2).train_labels, noisy.train_labels[:50])


def test_every_source_takes_the_options_and_the_provenance_says_so(tmp_path):
    write_idx_set(tmp_path / "idx", n_train=12)
    wanted = {"train_images": 40, "test_images": 6, "rotation": 10}
    arrays, said = prepared("idx", root=str(tmp_path / "idx"), pool=2, deform=wanted, label_noise=0.5)
    assert arrays.train_images.shape == (40, 2, 3, 1) and said["deform"] == wanted and said["label_noise"] == 0.5
    plain = prepared("idx", root=str(tmp_path / "idx"), pool=2)[1]
    assert "deform" not in plain and "label_noise" not in plain
    dataset = Dataset(source="idx", root=str(tmp_path / "idx"), deform=wanted)
    assert known_training_images(dataset) == 40
    assert known_sizes(Dataset(source="digits", deform=wanted))[-2:] == (40, 6)


def test_the_step_takes_the_options(tmp_path):
    dataset = Dataset(source="digits", deform=EVERYTHING, label_noise=0.2)
    outputs = ["--arrays", "a.npz", "--provenance", "a.json"]
    settings = dataset.model_dump_json(exclude_defaults=True)
    result = run_step("networks/prepare_dataset", "--settings", settings, *outputs, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads((tmp_path / "a.json").read_text())["sha256"] == SUMS


def test_thirty_thousand_small_images(report):
    start = time.process_time()
    arrays, _ = prepared("digits", deform=EVERYTHING | {"train_images": 26_000, "test_images": 4_000})
    report("Images", f"30,000 deformed digits in {time.process_time() - start:.1f} s")
    assert len(arrays.train_images) == 26_000 and len(arrays.test_images) == 4_000


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"deform": {"test_images": 5}}, "train_images"),
        ({"deform": EVERYTHING | {"train_images": 0}}, "train_images"),
        ({"deform": EVERYTHING | {"rotation": 181}}, "rotation"),
        ({"deform": EVERYTHING | {"shift": -1}}, "shift"),
        ({"deform": EVERYTHING | {"shift": float("inf")}}, "shift"),
        ({"deform": EVERYTHING | {"scale": 1}}, "scale"),
        ({"deform": EVERYTHING | {"turn": 1}}, "turn"),
        ({"label_noise": 1}, "label_noise"),
        ({"label_noise": -0.1}, "label_noise"),
    ],
)
def test_bad_values_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        Dataset(source="digits", **settings)


def test_too_many_images_are_one_line():
    wanted = EVERYTHING | {"train_images": MAX_BYTES}
    with pytest.raises(BadInput, match=r"digits: deform.train_images: .* are allowed") as it:
        prepared("digits", deform=wanted)
    assert "\n" not in str(it.value)
