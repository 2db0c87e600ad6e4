"""Sphinx configuration; `make docs` builds with warnings as errors."""

import csv
import os
import re
import sys
import warnings
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
RESULTS = ROOT / "examples" / "benchmarks" / "results"
sys.path[:0] = [str(ROOT), str(DOCS)]

import floors  # noqa: E402  - from docs/ and from the checkout, once the path leads there
import messages  # noqa: E402
import publish  # noqa: E402

import skexpand  # noqa: E402

project = "skexpand"
author = "skexpand developers"
copyright = "skexpand developers"
release = version = skexpand.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "parameter_groups",
    "thumbnails",
]
html_math_renderer = "mathml"
exclude_patterns = ["_build", "generated", "Thumbs.db", "**/.ipynb_checkpoints"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
default_role = "code"
smartquotes = False  # messages and options are shown as they are

# API: numpydoc sections; methods are listed in api.rst, so that inherited ones do not drown ours.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Every reference must resolve; other projects' inventories are not fetched, since the site is built without a network.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(sklearn|imblearn|joblib)\..*"),
    ("py:obj", r"[a-z_]+_"),  # numpydoc links attributes
]

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
    "within_subsection_order": "gallery_order.ReadingOrder",
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = f"skexpand {release}"
html_static_path = ["_static"]
html_css_files = ["skexpand.css"]
html_js_files = ["scrolling.js"]
html_show_sourcelink = False
html_sidebars = {page: [] for page in ("how_it_works", "benchmarks", "api", "changelog", "references", "glossary")}
html_theme_options = {
    "logo": {"text": "skexpand"},
    "navbar_align": "left",
    "navigation_with_keys": False,
    # none beside the gallery, whose code needs the width
    "secondary_sidebar_items": {
        pages: ["page-toc"] for pages in ("*", "user_guide/*", "open_questions/*", "contributing/*")
    },
    "show_prev_next": True,
}
# A switcher of versions needs the site: only pages that are published have one (.github/workflows/docs.yml).
if published := os.environ.get("SKEXPAND_DOCS_VERSION"):
    html_theme_options |= {
        "switcher": {"json_url": f"{publish.BASE}/switcher.json", "version_match": published},
        "check_switcher": False,
        "navbar_start": ["navbar-logo", "version-switcher"],
        "show_version_warning_banner": True,
    }

# The Agg backend of the gallery has no window to show figures in.
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive", category=UserWarning)


def write_result_pages():
    """Collect the measured tables: every figure in the documentation comes from a file of a run."""
    target = DOCS / "generated"
    target.mkdir(exist_ok=True)
    lines = []
    for table in sorted(RESULTS.glob("*.md"), key=_as_read):
        lines += [f".. include:: {_from_docs(table)}", "   :parser: myst_parser.sphinx_", ""]
    for table in sorted(RESULTS.glob("*.csv")):
        if not table.with_suffix(".md").exists() and _n_rows(table) <= 60:
            title = table.stem.replace("_", " ")
            rows = table.read_text(encoding="utf-8").splitlines()
            lines += [f".. csv-table:: {title}", "   :header-rows: 1", "", *(f"   {row}" for row in rows), ""]
    if not lines:
        lines = ["No results have been checked in yet; their tables are **to be generated**.", ""]
    downloads = [
        f"- :download:`{table.name} <{_from_docs(table)}>` ({_n_rows(table):,} rows)"
        for table in sorted(RESULTS.glob("*.csv"))
    ]
    if downloads:
        lines += [".. rubric:: Raw results", "", *downloads, ""]
    (target / "benchmarks.inc").write_text("\n".join(lines), encoding="utf-8")


def write_gains():
    """Take the table of gains from the README, where a script has written it (examples/benchmarks/readme.py)."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    results = readme.split("<!-- RESULTS", 1)[1].split("<!-- END RESULTS", 1)[0]
    table = [line for line in results.splitlines() if line.startswith("|")]
    (DOCS / "generated" / "gains.md").write_text("\n".join(table) + "\n", encoding="utf-8")


def write_question(name):
    """Write the picture, the tables and the raw rows of an open question, if its run is checked in."""
    found = [(RESULTS / "questions" / name).with_suffix(suffix) for suffix in (".svg", ".md", ".csv")]
    lines = ["The results of this run have not been checked in yet; its tables are **to be generated**."]
    if all(path.exists() for path in found):
        picture, tables, rows = (Path("..") / _from_docs(path) for path in found)  # as seen from docs/open_questions/
        lines = [
            *(".. container:: scrolls", "", f"   .. image:: {picture}", "      :alt: Chart of the tables below.", ""),
            *(f".. include:: {tables}", "   :parser: myst_parser.sphinx_", ""),
            f"Raw results: :download:`{rows.name} <{rows}>`.",
        ]
    (DOCS / "generated" / f"{name}.inc").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _from_docs(path):
    """Return the path as seen from docs/, where benchmarks.rst includes it."""
    return Path("..") / path.relative_to(ROOT)


def _as_read(path):
    """Return a key by which the main tables come first, and A_500 before A_2000."""
    first = ("A_500", "A_2000", "small_500", "small_2000", "mixed_500")
    place = first.index(path.stem) if path.stem in first else len(first)
    return place, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.stem)]


def _n_rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return max(sum(1 for _ in csv.reader(file)) - 1, 0)


def setup(app):
    """Drop the role that docutils gives lists of citations, whose children do not have the role of items."""

    def repair(app, page, template, context, doctree):
        if "body" in context:
            context["body"] = context["body"].replace(
                '<div role="list" class="citation-list">', '<div class="citation-list">'
            )

    app.connect("html-page-context", repair)


write_result_pages()
write_gains()
floors.write(DOCS / "generated")
messages.write(DOCS / "generated")
for question in ("imbalance", "induced_imbalance", "imbalance_generative", "equal_budget"):
    write_question(question)
