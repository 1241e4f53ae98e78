"""Jobs with a template of their own, and what their forms answer."""

import base64
import re
from io import BytesIO
from typing import Any

from PIL import Image

from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim
from tests.plugins.cast import Company

SOURCE = """<!DOCTYPE html><html><head><script src="https://assets.crowd.aws/crowd-html-elements.js"></script></head>
<body><crowd-form><crowd-semantic-segmentation name="annotator" src="{{ task.input.taskObject | grant_read_access }}"
labels="{{ task.input.labels | to_json | escape }}"></crowd-semantic-segmentation>
<crowd-input name="note"></crowd-input></crowd-form>
<p>{{ task.input.instructions.shortInstruction }}</p></body></html>"""
#: As if the bundle of the elements was built.
SCRIPT = "/static/assets/crowd-html-elements-1234.js"


def framed_job(company: Company, source: str = SOURCE, **more: Any) -> MadeJob:
    instructions = {"instructions": {"shortInstruction": "Look <twice>"}}
    options: dict[str, Any] = {"objects": 1, "labelers": 1, **more}
    return make_job(company, source=source, is_framed=True, template_input=instructions, **options)


def frame_of(company: Company, who: str = "labeler") -> tuple[dict[str, Any], Any]:
    """The claim, and its page."""
    found = claim(company.client(who)).json()
    return found, company.browser(who).get(found["frame"]["url"])


def file_of(page: str) -> str:
    """The path of the granted photo in a page."""
    return str(re.findall(r'src="http://testserver(/work/files/[^"]+)"', page)[0])


def encoded(image: Image.Image, **options: Any) -> str:
    """A picture as a form sends it."""
    file = BytesIO()
    image.save(file, "PNG", **options)
    return base64.b64encode(file.getvalue()).decode()


def form_answer(size: tuple[int, int] = (12, 8), color: tuple[int, int, int] = (0x2C, 0xA0, 0x2C)) -> dict[str, Any]:
    """What the form of SOURCE sends: the whole photo is a cat, or whatever has the colour."""
    return {
        "annotator": {
            "inputImageProperties": {"width": size[0], "height": size[1]},
            "labelMappings": {"cat": {"color": "#2ca02c"}},
            "labeledImage": {"pngImageData": encoded(Image.new("RGB", size, color))},
        },
        "note": "a cat",
    }
