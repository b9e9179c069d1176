"""ASC X12N 005010X279A1: the question 270 and the answer 271, as clearing houses take and give them. Pure."""

from kiosk.coverage.x12.answer import read_answer
from kiosk.coverage.x12.inquiry import write_inquiry
from kiosk.coverage.x12.interchange import Unwritable, X12Error

__all__ = ["Unwritable", "X12Error", "read_answer", "write_inquiry"]
