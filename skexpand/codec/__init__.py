"""Raw table to tensor and back: what each column is, and how new values become valid values of it."""

from skexpand.codec.codec import Codec, Origin
from skexpand.codec.columns import Column, infer_columns
from skexpand.codec.numeric import NumericCodec
from skexpand.codec.schema import Schema
from skexpand.codec.table import TableCodec

__all__ = ["Codec", "Column", "NumericCodec", "Origin", "Schema", "TableCodec", "infer_columns"]
