"""Raw table to tensor and back: what each column is, and how new values become legal values of it again."""

from skexpand.codec.numeric import NumericCodec, column_kinds
from skexpand.codec.template import Template, refuse_missing_labels, refuse_text_columns, with_originals

__all__ = ["NumericCodec", "Template", "column_kinds", "refuse_missing_labels", "refuse_text_columns", "with_originals"]
