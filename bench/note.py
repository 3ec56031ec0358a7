"""The market note in each of its forms, beyond start-up and the snapshot it is of: CPU time in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

SECONDS: Final = 1.5
FORMS: Final = ("md", "text", "json", "html")

PROGRAM: Final = """
import json, time
from core import settings_load
from core.pipeline import open_pipeline
settings = settings_load.defaults().with_overrides(feed="simulated", store="none").settings
pipeline = open_pipeline(settings)
snapshot = pipeline.refresh()
from core.report.desk import note_of, rendered
if FORM == "html":
    import core.report.as_html
begun = time.process_time()
document = rendered(note_of(snapshot, settings), FORM, snapshot, pipeline)
print(json.dumps({"seconds": time.process_time() - begun, "bytes": len(document)}))
"""


def main() -> bool:
    """Print the time of each form with its floor; whether all hold."""
    kept = True
    for form in FORMS:
        run = subprocess.run(
            [sys.executable, "-c", f"FORM = {form!r}\n{PROGRAM}"], capture_output=True, text=True, check=True
        )
        found = json.loads(run.stdout)
        ok = found["seconds"] < SECONDS
        kept &= ok
        told = f"{found['seconds']:.2f} s  {found['bytes'] / 1000:.0f} kB"
        print(f"note as {form:4}  {told:18}  (floor {SECONDS:g} s)  {'ok' if ok else 'MISSED'}")
    return kept
