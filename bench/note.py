"""The market note in each of its forms, beyond start-up and the snapshot it is of, and that of any evening since."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

SECONDS: Final = 1.5
EVERY: Final = 40
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
seconds = time.process_time() - begun
evenings = []
for day in pipeline.evenings()[300::EVERY]:
    begun = time.process_time()
    evening = pipeline.past(day)
    rendered(note_of(evening, settings), FORM, evening, pipeline)
    evenings.append(time.process_time() - begun)
print(json.dumps({"seconds": seconds, "bytes": len(document), "evenings": evenings}))
"""


def main() -> bool:
    """Print the CPU time of each form in a fresh process, with its floor; whether all hold."""
    kept = True
    for form in FORMS:
        run = subprocess.run(
            [sys.executable, "-c", f"FORM, EVERY = {form!r}, {EVERY}\n{PROGRAM}"],
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(run.stdout)
        evenings = found["evenings"]
        ok = max(found["seconds"], *evenings) < SECONDS
        kept &= ok
        told = f"{found['seconds']:.2f} s  {found['bytes'] / 1000:.0f} kB"
        past = f"{len(evenings)} evenings of the past {max(evenings):.2f} s at most"
        print(f"note as {form:4}  {told:18}{past}  (floor {SECONDS:g} s)  {'ok' if ok else 'MISSED'}")
    return kept
