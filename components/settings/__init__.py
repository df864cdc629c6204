"""What a stack file may say, read once and checked as a whole."""

from .loader import load
from .model import GitCredentials, Settings, StackFile

__all__ = ["GitCredentials", "Settings", "StackFile", "load"]
