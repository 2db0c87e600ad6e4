"""Formulas as MathML, which browsers draw themselves: the pages ask for no script from elsewhere.

docutils has the converter; it knows all of our LaTeX but the sizes of brackets, which grow by themselves in MathML.
"""

import re
from html import escape

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

BRACKET_SIZES = re.compile(r"\\[Bb]igg?[lr]?(?![a-zA-Z])")
logger = logging.getLogger(__name__)


def to_mathml(node, block):
    """Return a formula as a ``<math>`` element; where that fails, warn and return its LaTeX."""
    try:
        return tex2mathml(BRACKET_SIZES.sub("", node.astext()), as_block=block)
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
