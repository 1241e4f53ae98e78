"""Templates written for Ground Truth in a sandboxed frame: what they show, check, tell and submit."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.conftest import ensure_frontend
from tests.end_to_end.frame_page import SIZE, FramePage, decoded, mask, painted_colors
from tests.end_to_end.test_accessibility import AXE, RUN_AXE, TAGS

SEMANTIC = """
<crowd-form>
  <crowd-semantic-segmentation name="annotatedResult" src="/work/files/photo.jpg"
    header="Please label each of the requested objects in this image" labels="['Cat', 'Dog', 'Bird',]">
    <full-instructions header="Segmentation Instructions"><ol><li>Read the task.</li></ol></full-instructions>
    <short-instructions><p>Use the tools to label the requested items in the image</p></short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>
"""
ADJUST = """
<crowd-form>
  <crowd-semantic-segmentation name="adjusted" src="/work/files/photo.jpg" header="Adjust" labels="['Cat', 'Dog']"
    initial-value="{
      'src' : '/work/files/mask.png',
      'labelMappings': { 'Cat': { 'color': '#d62728' }, &#34;Dog&#34;: { 'color': '#9467bd' }, }
    }"></crowd-semantic-segmentation>
</crowd-form>
"""
INSTANCES = SEMANTIC.replace("crowd-semantic-segmentation", "crowd-instance-segmentation")
CUSTOM_LABELS = """
<crowd-form>
  <crowd-semantic-segmentation id="annotator" name="myTexts" src="/work/files/photo.jpg" header="Add labels"
    labels="['placeholder']">
    <short-instructions>
      <crowd-input name="_customLabel" id="customLabel" label="New label"></crowd-input>
      <crowd-button id="addLabel">Add</crowd-button>
    </short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>
<script>
  document.addEventListener("all-crowd-elements-ready", function () {
    document.querySelector("crowd-semantic-segmentation").labels = [];
  });
  addLabel.onclick = function () {
    annotator.labels = annotator.labels.concat([customLabel.value]);
    customLabel.value = null;
  };
</script>
"""
SURVEY = """
<crowd-form>
  <crowd-instructions link-text="View instructions" link-type="button">
    <short-summary><p>In short</p></short-summary>
    <detailed-instructions><p>At length</p></detailed-instructions>
    <negative-example><p>Not so</p></negative-example>
  </crowd-instructions>
  <crowd-input name="favoriteColor" placeholder="example: pink" required></crowd-input>
  <crowd-input name="leftEmpty"></crowd-input>
  <crowd-checkbox name="attributes" value="blurry" checked>Blurry</crowd-checkbox>
  <crowd-checkbox name="attributes" value="dim">Dim</crowd-checkbox>
  <crowd-toggle-button name="theToggler">Toggle</crowd-toggle-button>
  <crowd-slider name="howMuch" min="1" max="10" step="1" required></crowd-slider>
  <crowd-radio-group required>
    <crowd-radio-button name="btn1" value="yes">Yes</crowd-radio-button>
    <crowd-radio-button name="btn2" value="no">No</crowd-radio-button>
  </crowd-radio-group>
  <crowd-text-area name="essay" rows="4" placeholder="Lorem ipsum"></crowd-text-area>
  <select name="native" aria-label="Native"><option value="a">A</option><option value="b" selected>B</option></select>
  <input type="hidden" name="page" value="3">
</crowd-form>
"""
VERIFY = """
<crowd-form>
  <crowd-image-classifier name="verdict" categories='["good", "bad"]' src="/work/files/photo.jpg" header="Rate it"
    overlay='{"semanticSegmentation": {"labels": ["Cat"], "labelMappings": {"Cat": {"color": "#d62728"}},
      "src": "/work/files/mask.png",}}'>
    <short-instructions>Look closely.</short-instructions>
    <worker-comment header="Why?" link-text="Say why">Say what is wrong.</worker-comment>
  </crowd-image-classifier>
</crowd-form>
"""
MASK = mask({"#d62728": (20, 20, 120, 120), "#9467bd": (200, 100, 300, 200)})
Open = Callable[..., FramePage]


@pytest.fixture
def open_template(browser: Browser) -> Iterator[Open]:
    ensure_frontend()
    opened: list[FramePage] = []

    def open_one(template: str, **more: Any) -> FramePage:
        opened.append(FramePage(browser, template, **more))
        return opened[-1]

    yield open_one
    for page in opened:
        assert page.errors == []
        page.close()


def test_a_segmentation_submits_the_documented_answer(open_template: Open) -> None:
    page = open_template(SEMANTIC)
    page.paint(60, 80, 180, 160)
    page.page.keyboard.press("2")
    page.paint(250, 40, 330, 60)
    answer = page.submit()
    field = answer["annotatedResult"]
    assert list(answer) == ["annotatedResult"]
    assert field.keys() == {"inputImageProperties", "labelMappings", "labeledImage"}
    assert field["inputImageProperties"] == {"height": SIZE[1], "width": SIZE[0]}
    assert field["labelMappings"] == {
        "Cat": {"color": "#2ca02c"},
        "Dog": {"color": "#1f77b4"},
        "Bird": {"color": "#ff7f0e"},
    }
    assert decoded(field).size == SIZE
    assert painted_colors(field) == {"#ffffff", "#2ca02c", "#1f77b4"}
    assert page.heard("activity")


def test_a_tool_that_is_loaded_when_chosen_is_in_the_one_file(open_template: Open) -> None:
    page = open_template(SEMANTIC)
    page.frame.get_by_role("radio", name="Rectangle", exact=True).click()
    page.paint(60, 80, 180, 160)
    field = page.submit()["annotatedResult"]
    assert sum(1 for pixel in decoded(field).tobytes() if pixel == 1) == pytest.approx(120 * 80, rel=0.05)


def test_an_empty_mask_is_asked_about_once(open_template: Open) -> None:
    page = open_template(SEMANTIC)
    expect(page.frame.get_by_test_id("coverage")).to_be_visible()
    page.frame.get_by_role("button", name="Submit", exact=True).click()
    expect(page.frame.get_by_text("Nothing is painted in the image")).to_be_visible()
    assert page.heard("submit") == []
    assert painted_colors(page.submit()["annotatedResult"]) == {"#ffffff"}


def test_a_change_is_told_and_opens_again_as_it_was(open_template: Open) -> None:
    first = open_template(SEMANTIC)
    first.paint(60, 80, 180, 160)
    draft = first.wait_for("change")["answer"]
    again = open_template(SEMANTIC, draft=draft)
    expect(again.frame.get_by_test_id("coverage")).not_to_have_text("0% labeled")
    assert again.submit() == draft


def test_what_the_server_refuses_is_said_and_can_be_sent_again(open_template: Open) -> None:
    page = open_template(SEMANTIC)
    page.paint(60, 80, 180, 160)
    page.submit()
    page.say(type="refused", message="Every pixel needs a class.")
    expect(page.frame.get_by_text("Every pixel needs a class.")).to_be_visible()
    page.submit()
    page.say(type="locked", message="The time is over.")
    expect(page.frame.get_by_text("The time is over.")).to_be_visible()
    page.page.keyboard.press("Control+Enter")
    assert len(page.heard("submit")) == 2


def test_an_adjustment_begins_with_the_earlier_mask_and_says_whether_it_changed(open_template: Open) -> None:
    page = open_template(ADJUST, files={"mask.png": MASK})
    expect(page.frame.get_by_test_id("coverage")).not_to_have_text("0% labeled")
    field = page.submit()["adjusted"]
    assert field["initialValueModified"] is False
    assert field["labelMappings"] == {"Cat": {"color": "#d62728"}, "Dog": {"color": "#9467bd"}}
    assert painted_colors(field) == {"#ffffff", "#d62728", "#9467bd"}
    page.say(type="refused", message="Again.")
    page.paint(20, 200, 100, 220)
    assert page.submit()["adjusted"]["initialValueModified"] is True


def test_instances_have_a_colour_each(open_template: Open) -> None:
    page = open_template(INSTANCES)
    page.paint(60, 80, 100, 90)
    page.frame.get_by_role("button", name="Add Cat").click()
    expect(page.frame.get_by_role("option", name="Cat 2")).to_have_attribute("aria-selected", "true")
    page.paint(250, 80, 300, 90)
    field = page.submit()["annotatedResult"]
    assert [one["label"] for one in field["instances"]] == ["Cat", "Cat"]
    assert painted_colors(field) == {"#ffffff", *(one["color"] for one in field["instances"])}


def test_a_script_may_set_the_labels(open_template: Open) -> None:
    page = open_template(CUSTOM_LABELS)
    expect(page.frame.get_by_text("There is no class yet.")).to_be_visible()
    page.frame.get_by_label("New label").fill("Zebra")
    page.frame.get_by_role("button", name="Add", exact=True).click()
    expect(page.frame.get_by_role("option", name="Zebra")).to_be_visible()
    page.paint(60, 80, 180, 160)
    answer = page.submit()
    assert list(answer) == ["myTexts"]
    assert list(answer["myTexts"]["labelMappings"]) == ["Zebra"]


def test_a_survey_is_checked_and_submits_the_documented_answer(open_template: Open) -> None:
    page = open_template(SURVEY)
    page.frame.get_by_role("button", name="Submit", exact=True).click()
    expect(page.frame.get_by_text("Fill this in.")).to_be_visible()
    expect(page.frame.get_by_text("Move the slider to your answer.")).to_be_visible()
    expect(page.frame.get_by_text("Choose one.")).to_be_visible()
    page.frame.get_by_role("textbox", name="example: pink").fill("blue")
    page.frame.get_by_role("slider").fill("7")
    page.frame.get_by_role("radio", name="Yes").click()
    page.page.keyboard.press("ArrowRight")  # to No, which clears Yes
    page.frame.get_by_role("textbox", name="Lorem ipsum").fill("One\nTwo")
    assert page.submit() == {
        "favoriteColor": "blue",
        "attributes": {"blurry": True, "dim": False},
        "theToggler": {"on": False},
        "howMuch": 7,
        "btn1": {"yes": False},
        "btn2": {"no": True},
        "essay": "One\nTwo",
        "native": "b",
        "page": "3",
    }


def test_instructions_have_pages(open_template: Open) -> None:
    page = open_template(SURVEY)
    page.frame.get_by_role("button", name="View instructions").click()
    expect(page.frame.get_by_text("In short")).to_be_visible()
    page.frame.get_by_role("tab", name="Examples").click()
    expect(page.frame.get_by_text("Not so")).to_be_visible()
    expect(page.frame.get_by_text("In short")).not_to_be_visible()


def test_a_verification_takes_a_category_and_a_comment(open_template: Open) -> None:
    page = open_template(VERIFY, files={"mask.png": MASK})
    page.frame.get_by_role("button", name="Submit", exact=True).click()
    expect(page.frame.get_by_text("Choose a category.")).to_be_visible()
    page.page.keyboard.press("2")
    page.frame.get_by_role("button", name="Say why").click()
    page.frame.get_by_role("textbox", name="Why?").fill("An edge is missing")
    page.frame.get_by_role("button", name="Done").click()
    assert page.submit() == {"verdict": {"label": "bad", "workerComment": "An edge is missing"}}


def test_a_script_may_prevent_a_submit_and_send_later_by_itself(open_template: Open) -> None:
    page = open_template(
        """<crowd-form><crowd-input name="word" value="x"></crowd-input><p id="note"></p></crowd-form>
        <script>document.querySelector("crowd-form").onsubmit = (event) => {
          event.preventDefault();
          note.textContent = document.querySelector("crowd-input").value + " is too short";
        };</script>"""
    )
    page.frame.get_by_role("button", name="Submit").click()
    expect(page.frame.get_by_text("x is too short")).to_be_visible()
    assert page.heard("submit") == []
    page.frame.locator("crowd-form").evaluate("(form) => form.submit()")
    assert page.wait_for("submit")["answer"] == {"word": "x"}


def test_a_button_of_the_template_stands_for_ours(open_template: Open) -> None:
    page = open_template(
        """<crowd-form><crowd-input name="word" value="x"></crowd-input>
        <crowd-button form-action="reset">Again</crowd-button>
        <crowd-button form-action="submit" variant="primary">Submit it</crowd-button></crowd-form>"""
    )
    expect(page.frame.get_by_role("button", name="Submit")).to_have_count(1)
    page.frame.locator("crowd-input input").fill("y")
    page.frame.get_by_role("button", name="Again").click()
    assert page.submit() == {"word": "x"}


def test_what_is_not_available_is_said(open_template: Open) -> None:
    page = open_template('<crowd-keypoint name="k"></crowd-keypoint>')
    expect(page.frame.get_by_text("no <crowd-form>")).to_be_visible()
    expect(page.frame.get_by_text("not available here: crowd-keypoint")).to_be_visible()


def test_a_picture_that_is_not_there_is_said(open_template: Open) -> None:
    page = open_template(SEMANTIC.replace("photo.jpg", "gone.jpg"))
    expect(page.frame.get_by_text("The image cannot be opened")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("template", [SEMANTIC, INSTANCES, CUSTOM_LABELS, SURVEY, VERIFY])
def test_the_elements_pass_axe(open_template: Open, template: str, theme: str) -> None:
    page = open_template(template, files={"mask.png": MASK})
    page.say(type="task", language="en", theme=theme, draft=None, readOnly=False)
    if "-segmentation" in template:
        expect(page.frame.get_by_test_id("coverage")).to_be_visible()
    else:  # with what is missing marked
        page.frame.get_by_role("button", name="Submit", exact=True).click()
    frame = page.page.frames[1]
    frame.evaluate(AXE.read_text(encoding="utf-8"))
    assert frame.evaluate(RUN_AXE, {"runOnly": {"type": "tag", "values": TAGS}}) == []


def test_the_frame_speaks_german(open_template: Open) -> None:
    page = open_template(SEMANTIC, language="de")
    expect(page.frame.get_by_text("Ganze Anleitung")).to_be_visible()
    page.paint(60, 80, 180, 160)
    assert "annotatedResult" in page.submit()


def test_a_template_cannot_leave_its_frame(open_template: Open) -> None:
    """Neither the page around it, nor storage, nor anybody's address is the template's."""
    page = open_template(
        """<crowd-form><crowd-input name="found"></crowd-input></crowd-form><script>
        const tried = [];
        for (const [name, attempt] of Object.entries({
          parent: () => parent.document.title, storage: () => localStorage.length, cookies: () => document.cookie,
        })) { try { attempt(); tried.push(name); } catch { } }
        fetch("/", { credentials: "include" }).then(() => tried.push("fetch"), () => undefined)
          .finally(() => document.querySelector("crowd-input").value = tried.join() || "nothing");
        </script>"""
    )
    expect(page.frame.locator("crowd-input input")).to_have_value("nothing")
