"""The fingerprint follows code, not words."""

import pytest

from scaling.core import fingerprint as module


@pytest.fixture
def tree(tmp_path, monkeypatch):
    (tmp_path / "scaling").mkdir()
    (tmp_path / "scaling/__init__.py").write_text('"""Package."""\n')
    (tmp_path / "scaling/used.py").write_text("def f(x):\n    return x + 1\n")
    (tmp_path / "scaling/unused.py").write_text("y = 1\n")
    (tmp_path / "scaling/chosen.py").write_text("z = 1\n")
    (tmp_path / "job.py").write_text("import json\nfrom scaling.used import f\nprint(f(1))\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)

    def now(*chosen):
        for cached in (module.fingerprint, module._syntax_hash, module._imported_files, module._syntax):
            cached.cache_clear()
        return module.fingerprint("job", *chosen)

    return tmp_path, now


@pytest.mark.parametrize(
    "around",
    [
        "def f():\n    {}",
        "class A:\n    def f(self):\n        {}",
        "async def f():\n    async with g() as h:\n        {}",
        "try:\n    pass\nexcept ValueError:\n    {}",
        "try:\n    pass\nfinally:\n    {}",
        "while True:\n    pass\nelse:\n    {}",
        "if a:\n    pass\nelif b:\n    {}",
        "match a:\n    case 1:\n        {}",
        "match a:\n    case 1:\n        for b in c:\n            with b:\n                {}",
    ],
)
def test_a_module_counts_wherever_it_is_imported(tree, around):
    root, now = tree
    (root / "job.py").write_text(around.format("from scaling import unused"))
    before = now()
    (root / "scaling/unused.py").write_text("y = 2\n")
    assert now() != before


def test_comments_docstrings_and_layout_change_nothing(tree):
    root, now = tree
    before = now()
    (root / "scaling/used.py").write_text(
        '"""Words."""\n\n\ndef f(x):\n    """More words."""\n    # why\n    return (x + 1)\n'
    )
    (root / "scaling/unused.py").write_text("y = 2\n")
    assert now() == before


@pytest.mark.parametrize(
    ("file", "text"),
    [("scaling/used.py", "def f(x):\n    return x + 2\n"), ("job.py", "from scaling.used import f\nprint(f(2))\n")],
)
def test_a_change_of_code_changes_it(tree, file, text):
    root, now = tree
    before = now()
    (root / file).write_text(text)
    assert now() != before


def test_modules_chosen_by_name_count(tree):
    root, now = tree
    before = now("scaling.chosen"), now()
    (root / "scaling/chosen.py").write_text("z = 2\n")
    assert now("scaling.chosen") != before[0]
    assert now() == before[1]
