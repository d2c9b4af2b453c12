"""How the graphics cards are doing, from the text an exporter serves for Prometheus."""

from .exporter import GpuExporter
from .text import parse

__all__ = ["GpuExporter", "parse"]
