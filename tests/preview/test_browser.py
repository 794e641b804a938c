"""The page in a real browser: what it shows, how it is used, and that nothing in it acts but its own script."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preview.awkward import CORPUS, EMOJI, HEBREW, HOSTILE, PLAIN, SIZES
from preview.test_preview import data_of
from tagpress.preview import LIMIT

pytestmark = pytest.mark.browser

TABS = ("sentences", "problems", "statistics", "changes")
# Items that hold more than can be seen of them: what runs over their edge is clipped.
CUT_OFF = "[...document.querySelectorAll('.list > li')].filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
Open = Callable[..., Any]
# Every size and every scheme once; the gate looks at the others, too.
LOOKS = [
    pytest.param(
        size, scheme, marks=() if (size, scheme) in {("desktop", "light"), ("phone", "dark")} else pytest.mark.slow
    )
    for size in SIZES
    for scheme in ("light", "dark")
]


def counts(page: Any, text: str, status: str = "#count") -> None:
    """Wait until the count begins so; the page forbids `eval`, and with it Playwright's waiting for a function."""
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect(page.locator(status)).to_have_text(re.compile(f"^{text}"))


def shown(page: Any, text: str) -> Any:
    """Filter by a text, and return the one sentence that is left."""
    for typed, found in (("no such text", "0 of"), (text, "1 of")):
        page.get_by_label("Text, document or id").fill(typed)
        counts(page, found)
    return page.locator("#list > li")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_no_view_has_an_accessibility_finding_or_runs_off_the_screen(
    open_page: Open, page_file: Path, size: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = open_page(page_file, viewport=SIZES[size], color_scheme=scheme)
    page.evaluate("document.querySelector('.folded').open = true")  # a phone begins with the filters folded
    shown(page, "window.hit")  # the widest words
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        page.locator(f"#{tab} details:not(.folded) summary").first.click() if tab == "sentences" else None
        found = axe.Axe().run(page).response
        assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found["violations"]] == []
        assert {"color-contrast", "label"} & {one["id"] for one in found["passes"]}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
@pytest.mark.slow
def test_a_corpus_with_errors_has_no_accessibility_finding(
    open_page: Open, corpus_page: Path, size: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = open_page(corpus_page, viewport=SIZES[size], color_scheme=scheme)
    for tab in TABS[:-1]:
        page.get_by_role("tab", name=tab).click()
        found = axe.Axe().run(page).response
        assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CUT_OFF) == []


def test_what_is_wrong_stands_with_its_sentence(open_page: Open, corpus_page: Path) -> None:
    page = open_page(corpus_page)
    assert "It cannot be built yet: " in page.locator("header .bad").text_content()
    total = len(CORPUS) + 2
    counts(page, f"{total} sentences: {len(CORPUS)} that could be published, 2 left out")
    first = page.locator("#list > li").first
    assert "from <b>.txt:" in first.locator(".head").text_content()
    faults = first.locator(".faults > li").all_text_contents()
    assert len(faults) == 6
    assert "found the tag 'B-Unheard-of'" in faults[0]
    assert faults[-1] == "and 4 more problems"
    assert first.locator("mark.unknown").count() == len(HOSTILE)
    page.get_by_label("Problem", exact=True).select_option("any problem")
    marked = sum(bool(entry[5]) for entry in data_of(corpus_page)["sentences"])
    counts(page, f"{marked} of {total} sentences")


def test_words_are_shown_literally_and_nothing_in_them_acts(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file)
    item = shown(page, "window.hit")
    words = item.locator(".text").text_content().replace("␣", " ")
    assert all(token in words for token, _ in HOSTILE)
    assert page.evaluate("[window.hit, document.scripts.length, document.images.length]") == [None, 2, 0]
    assert "<b>" in item.locator(".head").text_content()
    page.get_by_role("tab", name="Problems").click()
    assert "<b>.txt:" in page.locator("#problem-list > li").first.text_content()


def test_the_policy_refuses_a_script_that_gets_in_all_the_same(chromium: Any, page_file: Path) -> None:
    page = chromium.new_page()
    page.goto(page_file.as_uri())
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hit = 1'}))"
    )
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit = 1\">')")
    page.wait_for_timeout(100)
    assert page.evaluate("window.hit") is None
    page.close()


@pytest.mark.parametrize(
    ("text", "direction"), [(HEBREW[0][0], "rtl"), ("بايثون", "rtl"), ("uses", "ltr"), ("window.hit", "ltr")]
)
def test_a_sentence_runs_as_its_script_does(open_page: Open, page_file: Path, text: str, direction: str) -> None:
    found = shown(open_page(page_file), text).locator(".text")
    assert found.evaluate("each => getComputedStyle(each).direction") == direction


def test_what_cannot_be_seen_is_written_out_and_spelling_stays(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file)
    hidden = shown(page, "evil").locator(".text")
    signs = hidden.locator(".sign").all_inner_texts()
    assert signs == ["U+200B", "␣", "U+00A0", "U+202E", "␣", "◌"]
    emoji = shown(page, "uses").locator(".text")
    assert emoji.locator(".sign").count() == 0
    assert all(token in emoji.text_content() for token, _ in EMOJI)
    persian = shown(page, "بايثون")
    assert persian.locator(".text .sign").count() == 0  # the joiner in a Persian word
    persian.get_by_text("Tokens and labels").click()  # which is why the sentence was reported, so it is told apart here
    persian.locator("tbody tr").last.wait_for()
    assert persian.locator("td .sign").all_inner_texts() == ["U+200C"]


def test_filters_by_click(open_page: Open, page_file: Path) -> None:
    page, total = open_page(page_file), len(CORPUS) + 2  # a copy and a ragged sentence were left out
    clear, device = page.locator("#filters [type=reset]"), page.get_by_role("checkbox", name="Device")
    code, label = page.get_by_label("Problem", exact=True), page.get_by_label("Label", exact=True)
    counts(page, f"{total} sentences")
    page.get_by_label("Split", exact=True).select_option(label="left out (2)")
    counts(page, f"2 of {total} sentences")
    assert "duplicate" in page.locator("#list > li .head").first.text_content()
    clear.click()
    counts(page, f"{total} sentences")
    code.select_option("control-character")
    counts(page, f"3 of {total} sentences")
    code.select_option("")
    device.click()
    counts(page, f"{sum(any('Device' in tag for _, tag in row) for row in CORPUS) + 1} of {total} sentences")
    page.get_by_role("checkbox", name="Language").click()
    counts(page, f"{total - 1} of {total} sentences")  # either type: all but the long one
    label.select_option("I-Device")
    counts(page, f"{len(PLAIN) + 1} of {total} sentences")
    label.select_option("O")
    device.click()
    counts(page, f"{sum({'O', 'B-Language'} <= {tag for _, tag in row} for row in CORPUS) + 1} of {total} sentences")


def test_filters_and_tabs_by_keyboard(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file)
    focused = "document.activeElement.id || document.activeElement.value || ''"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "tab-sentences"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "tab-changes"
    assert page.locator("#changes").is_visible()
    assert not page.locator("#sentences").is_visible()
    page.keyboard.press("Home")
    assert page.locator("#sentences").is_visible()
    for expected in ("", "text"):  # the folding of the filters, then the first of them
        page.keyboard.press("Tab")
        assert expected in page.evaluate(focused)
    page.keyboard.type("ULTRA")
    counts(page, "0 of")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate(focused) == "0"
    page.keyboard.press("Space")
    counts(page, "6")
    assert page.locator(".chip:has(:checked)").text_content().startswith("Language")


def test_a_long_sentence_and_its_labels_are_shown_on_demand(open_page: Open, page_file: Path) -> None:
    item = shown(open_page(page_file), "w399")
    assert "w299" in item.locator(".text").text_content()
    assert "w399" not in item.locator(".text").text_content()
    item.get_by_role("button", name="Show the last 100 tokens").press("Enter")
    assert "w399" in item.locator(".text").text_content()
    item.locator("summary").press("Enter")
    item.locator("tbody tr").last.wait_for()
    assert item.locator("tbody tr").count() == 400
    assert item.locator("tbody tr").last.inner_text().split() == ["399", "w399", "O"]


def test_a_sentence_that_was_left_out_is_shown_as_it_was_read(open_page: Open, page_file: Path) -> None:
    item = shown(open_page(page_file), "three")
    assert "ragged-line" in item.locator(".head").text_content()
    item.get_by_text("Lines as they were read").click()
    item.locator(".source").wait_for()
    lines = item.locator(".source > div").all_text_contents()
    assert [line for line in lines if line] == ["<s>", "Ragged⇥B-Language", "no tag", "<b>x</b>⇥O⇥three", "</s>"]


def test_the_changes_are_told_and_shown(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file)
    page.get_by_role("tab", name="Changes").click()
    text = page.locator("#changes").text_content()
    assert "What changed from 1.0.0 to 1.1.0" in text
    assert "1 sentence added" in text
    assert "1 sentence relabelled" in text
    page.get_by_label("Change", exact=True).select_option("relabelled")
    counts(page, "1 of 2 changes", "#change-count")
    before, now = page.locator("#change-list > li .side").all()
    assert [one.locator("mark").count() for one in (before, now)] == [1, 2]
    assert "Rust Language" in now.inner_text().replace("\n", " ")
    colours = [one.evaluate("each => getComputedStyle(each).backgroundColor") for one in now.locator("mark").all()]
    assert len(set(colours)) == 2  # each type has its own


def test_the_problems_stand_with_their_place(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file)
    page.get_by_role("tab", name="Problems").click()
    page.get_by_label("Code", exact=True).select_option("duplicate")
    item = page.locator("#problem-list > li")
    assert item.count() == 1
    assert "duplicate dropped <b>.txt:" in " ".join(item.text_content().split())
    page.get_by_label("Text or path").fill("no such")
    counts(page, "0 of", "#problem-count")


def test_without_scripts_the_numbers_are_there(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, java_script_enabled=False)
    assert page.get_by_text("Scripts are off").is_visible()
    assert page.get_by_role("region", name="Entities by type and split").is_visible()


def test_a_large_build_is_a_sample_and_drawn_as_one_looks(open_page: Open, large_page: Path) -> None:
    page = open_page(large_page)
    assert "This is a sample: 10,0" in page.locator("#sentences .scope").text_content()
    drawn = page.locator("#list > li").count()
    assert drawn < 200 < LIMIT
    page.get_by_role("button", name="Show more sentences").focus()
    page.locator("#list > li").nth(drawn).wait_for(state="attached")
    page.get_by_role("checkbox", name="creative-work").check()
    counts(page, "2 of")
    assert page.locator("#list > li").count() == 2  # the only one of train, the only one of test
