"""JupyterLab's themes, and whether texts can be read in them."""

from pathlib import Path

from playwright.sync_api import Locator, Page

from support.panel import poor_contrasts

DARK, LIGHT = "JupyterLab Dark", "JupyterLab Light"


def choose_theme(page: Page, name: str) -> None:
    """Change JupyterLab's theme, and wait until it is there."""
    page.evaluate(
        "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name
    )
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str("Light" in name).lower()
    )
    # It lies over the page while colours change.
    page.locator("#jupyterlab-splash").wait_for(state="detached")


def expect_readable(shown: Locator, picture: Path) -> None:
    """Look at something in both themes: every text has the contrast of WCAG's level AA."""
    found = []
    for theme in (DARK, LIGHT):
        choose_theme(shown.page, theme)
        shown.page.screenshot(path=picture.with_stem(f"{picture.stem}-{theme.split()[1].lower()}"))
        found += [f"{theme}: {words}" for words in poor_contrasts(shown)]
    assert found == []
