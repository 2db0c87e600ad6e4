"""Sphinx configuration; `make docs` builds with warnings as errors."""

import csv
import os
import sys
import warnings
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
RESULTS = ROOT / "examples" / "benchmarks" / "results"
sys.path.insert(0, str(ROOT))

import skexpand  # noqa: E402

project = "skexpand"
author = "skexpand developers"
copyright = "skexpand developers"
release = version = skexpand.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "generated", "Thumbs.db", "**/.ipynb_checkpoints"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
default_role = "code"

# API: numpydoc sections; methods are listed in api.rst, so that inherited ones do not drown ours.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Included Markdown files (changelog, result tables) start below the page's own title.
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["myst.header"]

# Examples whose data is not at hand are shown, but not run: building the documentation downloads nothing.
HAS_MNIST = (Path(os.environ.get("SKEXPAND_DATA", "")) / "images" / "mnist.npz").is_file()

sphinx_gallery_conf = {
    "examples_dirs": str(ROOT / "examples"),
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_" if HAS_MNIST else r"/plot_(?!mnist)",
    "ignore_pattern": r"^(?!plot_)",  # a file name, without its folder
    "abort_on_example_error": True,
    "doc_module": ("skexpand",),
    "backreferences_dir": None,
    "download_all_examples": False,
    "matplotlib_animations": False,
    "min_reported_time": 5,
    "remove_config_comments": True,
    "show_memory": False,
    "within_subsection_order": "ExampleTitleSortKey",
}

html_theme = "pydata_sphinx_theme"
html_title = f"skexpand {release}"
html_static_path = ["_static"]
html_css_files = ["skexpand.css"]
html_show_sourcelink = False
html_sidebars = {page: [] for page in ("how_it_works", "benchmarks", "api", "changelog", "references")}
html_theme_options = {
    "navbar_align": "left",
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
}

# The Agg backend of the gallery has no window to show figures in.
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive", category=UserWarning)


def write_result_pages():
    """Collect the measured tables: every figure in the documentation comes from a file of a run."""
    target = DOCS / "generated"
    target.mkdir(exist_ok=True)
    lines = []
    for table in sorted(RESULTS.glob("*.md")):
        lines += [f".. include:: {_from_docs(table)}", "   :parser: myst_parser.sphinx_", ""]
    for table in sorted(RESULTS.glob("*.csv")):
        if not table.with_suffix(".md").exists() and _n_rows(table) <= 60:
            title = table.stem.replace("_", " ")
            rows = table.read_text(encoding="utf-8").splitlines()
            lines += [f".. csv-table:: {title}", "   :header-rows: 1", "", *(f"   {row}" for row in rows), ""]
    if not lines:
        lines = ["No result has been checked in yet: the benchmark is there, its tables are **to be generated**.", ""]
    downloads = [
        f"- :download:`{table.name} <{_from_docs(table)}>` ({_n_rows(table):,} rows)"
        for table in sorted(RESULTS.glob("*.csv"))
    ]
    if downloads:
        lines += [".. rubric:: Raw rows", "", *downloads, ""]
    (target / "benchmarks.inc").write_text("\n".join(lines), encoding="utf-8")


def _from_docs(path):
    """Return the path as seen from docs/, where benchmarks.rst includes it."""
    return Path("..") / path.relative_to(ROOT)


def _n_rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return max(sum(1 for _ in csv.reader(file)) - 1, 0)


write_result_pages()
