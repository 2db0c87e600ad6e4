"""Formulas as MathML, which browsers draw themselves: the pages ask for no script from elsewhere.

docutils has the converter. It knows all of our LaTeX but the sizes of brackets, and brackets grow in MathML only in
pairs: so all that are to grow become pairs of ``\\left`` and ``\\right``.
"""

import re
from html import escape

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

OPENING = re.compile(r"\\[Bb]igg?l?(?=[(\[])|(?=\\lVert)")
CLOSING = re.compile(r"\\[Bb]igg?r?(?=[)\]])|(?=\\rVert)")
logger = logging.getLogger(__name__)


def to_mathml(node, block):
    """Return a formula as a ``<math>`` element; where that fails, warn and return its LaTeX."""
    try:
        return tex2mathml(CLOSING.sub(r"\\right", OPENING.sub(r"\\left", node.astext())), as_block=block)
    except MathError as error:
        logger.warning("no MathML for this formula: %s", error, location=node)
        return f"<code>{escape(node.astext())}</code>"


def inline(writer, node):
    """Write a formula inside a line."""
    writer.body.append(to_mathml(node, block=False))
    raise nodes.SkipNode


def block(writer, node):
    """Write a formula on a line of its own."""
    writer.body.append(f'<div class="formula">{to_mathml(node, block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
