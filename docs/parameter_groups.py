"""Headings among the parameters of ``ExpansiveSynthesizer``: what each group of them decides.

numpydoc has no such headings, so they are put in after it has read the docstring, from the table that notebooks use.
"""

import re

from skexpand.estimators.groups import GROUPS

DOCUMENTED = "skexpand.ExpansiveSynthesizer"
FIRST = {names[0]: title for title, names in GROUPS.items()}


def add_headings(app, what, name, obj, options, lines):
    """Put a rubric before the first parameter of each group."""
    if name != DOCUMENTED:
        return
    end = lines.index(":Attributes:")
    for place in reversed(range(end)):
        found = re.match(r"( +)\*\*(\w+)\*\* : ", lines[place])
        if found and found[2] in FIRST:
            lines[place:place] = [f"{found[1]}.. rubric:: {FIRST[found[2]]}", ""]


def setup(app):
    """Come after numpydoc, whose priority is the default of 500."""
    app.connect("autodoc-process-docstring", add_headings, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
