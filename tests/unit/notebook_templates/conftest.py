"""The instruments' folders on the path, as a reduction's working directory is."""

import sys
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[3] / "notebook_templates"

for folder in ("ENGINX", "HIFI"):
    sys.path.append(str(TEMPLATES / folder))
