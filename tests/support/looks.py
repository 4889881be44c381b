"""How a part of JupyterLab looks, in its light and its dark theme."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from support.panel import poor_contrasts


def set_theme(page: Page, name: str) -> None:
    """Change JupyterLab's theme, and wait until it is there."""
    command = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    page.evaluate(command, name)
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str("Light" in name).lower()
    )
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)


def check_both_themes(page: Page, part: Locator, picture: Path) -> None:
    """Check that a part can be read in both themes, and take a picture in each; JupyterLab is light in the end."""
    for theme in ("Dark", "Light"):
        set_theme(page, f"JupyterLab {theme}")
        page.screenshot(path=picture.with_name(f"{picture.name}-{theme.lower()}.png"))
        assert poor_contrasts(part) == []
