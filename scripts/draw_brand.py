"""Draws the brand images anew from docs/brand/icon.svg: custom_components/homelab_assistant/brand/*.png.

Run it with .venv/bin/python after changing the drawing; the images are checked in. It needs Chromium (CHROMIUM names
another binary).
"""

import os
from pathlib import Path
import subprocess
import tempfile

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
ICON = (ROOT / "docs" / "brand" / "icon.svg").read_text(encoding="utf-8")
TARGET = ROOT / "custom_components" / "homelab_assistant" / "brand"
CHROMIUM = os.environ.get("CHROMIUM", "chromium")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--default-background-color=00000000",
    "--window-size=1000,800",  # more than any drawing: Chromium has no small windows
)

PAGE = """<!doctype html><style>
body {{ margin: 0; display: flex; align-items: center; gap: {gap}px; width: {width}px; height: {height}px; }}
svg {{ height: {height}px; width: {height}px; flex: none; }}
span {{ font: 600 {font}px/1.05 "Inter", "Roboto", "DejaVu Sans", sans-serif; color: {colour}; white-space: nowrap; }}
</style><body>{icon}{words}</body>"""


def draw(name: str, *, height: int, width: int, words: str = "", colour: str = "#000") -> None:
    """Write a PNG with a transparent background and, as NAME@2x, one of twice the size; sizes in pixels."""
    height, width = 2 * height, 2 * width
    page = PAGE.format(
        width=width, height=height, gap=height // 8, font=height * 3 // 8, colour=colour, icon=ICON, words=words
    )
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        source.write_text(page, encoding="utf-8")
        subprocess.run(
            [CHROMIUM, *FLAGS, f"--user-data-dir={folder}/profile", f"--screenshot={shot}", source.as_uri()],
            check=True,
            capture_output=True,
        )
        drawn = Image.open(shot).convert("RGBA").crop((0, 0, width, height))
    drawn.save(TARGET / f"{name}@2x.png", optimize=True)
    drawn.resize((width // 2, height // 2), Image.Resampling.LANCZOS).save(TARGET / f"{name}.png", optimize=True)


def main() -> None:
    """Draw all of them."""
    TARGET.mkdir(exist_ok=True)
    draw("icon", height=256, width=256)
    for name, colour in (("logo", "#12324f"), ("dark_logo", "#f2f7fb")):
        draw(name, height=128, width=398, words="<span>Homelab<br>Assistant</span>", colour=colour)


if __name__ == "__main__":
    main()
