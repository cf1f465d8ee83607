"""The main job with the keyboard alone: the focus is always seen, in the page's own colours and in those one forces."""

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

_MOST_KEYS = 80
_FOCUS = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const label = here.labels && here.labels.length ? here.labels[0].innerText : "";
  return {
    said: (label || here.innerText || here.value || here.getAttribute("aria-label") || "").replace(/\\s+/g, " ").trim(),
    is_seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
  };
}"""
_IN_SIGHT = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
}"""


def reach(visit: Visit, name: str) -> None:
    """Press Tab until that is under the focus; each thing met on the way shows it."""
    for _ in range(_MOST_KEYS):
        visit.page.keyboard.press("Tab")
        met = visit.page.evaluate(_FOCUS)
        assert met["is_seen"], met
        visit.page.wait_for_function(_IN_SIGHT, timeout=2_000)  # the page may slide to it
        if met["said"] == name:
            return
    raise AssertionError(f"« {name} » is not reached with the keyboard")


def press(visit: Visit, name: str) -> None:
    """Reach it, then press Enter."""
    reach(visit, name)
    enter(visit)


def enter(visit: Visit) -> None:
    """Press Enter, and let the page that follows come."""
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")


def note_by_keyboard(visit: Visit, text: str) -> None:
    """From the day's list to a note kept on a record."""
    visit.go("/aujourd-hui")
    press(visit, "Chercher")
    reach(visit, "Ce que vous savez de la personne")
    visit.page.keyboard.type("benkacem amina")
    enter(visit)
    press(visit, "Amina Benkacem")
    press(visit, "Note")
    reach(visit, "Note")
    visit.page.keyboard.type(text)
    press(visit, "Enregistrer la note")
    expect(visit.page.get_by_text(text)).to_be_visible()


def test_a_note_is_kept_without_a_mouse(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        note_by_keyboard(visit, "Noté au clavier.")


def test_the_focus_is_seen_in_forced_colours_and_without_motion(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.page.emulate_media(forced_colors="active", reduced_motion="reduce", color_scheme="dark")
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        note_by_keyboard(visit, "Noté en couleurs forcées.")
        assert visit.wrong == []
