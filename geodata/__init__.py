"""What is known about a district: read, checked, kept. Knows no layer, no plotly, no dash."""

from geodata.dataset import load
from geodata.model import GeoData, GeoDataError

__all__ = ["GeoData", "GeoDataError", "load"]
