"""Tags of the managers' admin pages."""

import uuid
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.utils.html import format_html
from django.utils.safestring import SafeString

from maskwright.core.wording import reword

register = template.Library()
#: For stored sentences: failure reasons, problems of photos, why a claim ended.
register.filter("reword", reword)


@register.simple_tag
def list_headers(cl: Any) -> list[dict[str, Any]]:
    return list(result_headers(cl))


@register.simple_tag
def list_rows(cl: Any) -> list[Any]:
    return list(results(cl))


@register.simple_tag
def page_link(cl: Any, number: int) -> str:
    return str(cl.get_query_string({"p": number}))


@register.simple_tag
def object_page(page: Any, name: str, object_id: uuid.UUID | None = None) -> str:
    """The address of a page of the same model: `changelist`, `add`, or `change`, `history` of one object."""
    return str(page.page_url(name, *([object_id] if object_id else [])))


@register.simple_tag
def action_url(page: Any, obj: Any, action: Any) -> str:
    return str(page.page_url("action", obj.pk, action.name))


@register.filter
def field_of(form: Any, name: str) -> Any:
    return form[name]


@register.filter
def wordlist(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def section_is_open(form: Any, section: Any) -> bool:
    return not section.folded or form.errors_in(section)


_ICONS = {
    "overview": '<path d="M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"/>',
    "job": '<path d="M5 4h14v16H5zM9 9h6M9 13h6M9 17h3"/>',
    "labels": '<path d="M4 4h8l8 8-8 8-8-8z"/><circle cx="8.5" cy="8.5" r="1"/>',
    "template": '<path d="M4 5h16v14H4zM4 10h16M10 10v9"/>',
    "photo": '<path d="M4 5h16v14H4z"/><circle cx="9" cy="10" r="1.5"/><path d="m4 17 5-4 4 3 3-3 4 4"/>',
    "storage": '<ellipse cx="12" cy="6" rx="7" ry="2.5"/><path d="M5 6v12c0 1.4 3.1 2.5 7 2.5s7-1.1 7-2.5V6"/>'
    '<path d="M5 12c0 1.4 3.1 2.5 7 2.5s7-1.1 7-2.5"/>',
    "team": '<circle cx="9" cy="9" r="3"/><path d="M3.5 19a5.5 5.5 0 0 1 11 0M16 6.2a3 3 0 0 1 0 5.6"/>'
    '<path d="M17 14.2a5.5 5.5 0 0 1 3.5 4.8"/>',
    "member": '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 20a7 7 0 0 1 14 0"/>',
    "invitation": '<path d="M4 6h16v12H4zM4 7l8 6 8-6"/>',
    "token": '<circle cx="8" cy="15" r="3.5"/><path d="m10.6 12.4 8-8M16 7l2.5 2.5"/>',
    "offer": '<path d="M4 8h16v11H4zM9 8V5h6v3M4 13h16"/>',
    "statement": '<path d="M6 3h9l4 4v14H6zM9 12h6M9 16h6M14 3v5h5"/>',
    "price": '<circle cx="12" cy="12" r="8"/><path d="M15 9a3.5 3.5 0 1 0 0 6M8 11h5M8 13h5"/>',
    "report": '<path d="M4 20V4M4 20h16M8 16v-5M12 16V8M16 16v-3"/>',
    "function": '<path d="M9 5c-2.5 0-2 3-2 4.5S6 12 4.5 12C6 12 7 13 7 14.5S6.5 19 9 19"/>'
    '<path d="M15 5c2.5 0 2 3 2 4.5S18 12 19.5 12C18 12 17 13 17 14.5S17.5 19 15 19"/>',
    "event": '<path d="M13 3 5 14h6l-1 7 8-11h-6z"/>',
    "history": '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line drawing for the side bar and empty pages; decoration only, so hidden from screen readers."""
    shape = SafeString(_ICONS.get(name, _ICONS["job"]))
    return format_html(
        '<svg class="manage-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        shape,
    )


@register.simple_tag
def swatch(color: str) -> SafeString:
    """A square of a category's colour, drawn without inline style."""
    return format_html(
        '<svg class="manage-swatch" viewBox="0 0 1 1" aria-hidden="true"><path fill="{}" d="M0 0h1v1H0z"/></svg>', color
    )
