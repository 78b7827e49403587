"""Syncs our template file with Twilio: submits what is new, and remembers what is approved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from twilio.rest import Client

from bot.channels.twilio.content import ContentRequest, ContentStore, content_name
from bot.channels.twilio.templates import Template, Wording
from bot.channels.types import Choice

APPROVED: Final = "approved"
SUBMITTED: Final = "submitted"
UNSUBMITTED: Final = "unsubmitted"
MOST_CONTENTS: Final = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateApproval:
    """The approval status of one wording, in WhatsApp's terms."""

    template: str
    language: str
    status: str
    reason: str = ""


class _ApprovalRequest:
    def __init__(self, name: str, category: str) -> None:
        self._body = {"name": name, "category": category.upper()}

    def to_dict(self) -> dict[str, str]:
        return self._body


def sync_templates(
    client: Client, templates: Mapping[str, Template], contents: ContentStore
) -> list[TemplateApproval]:
    """Submit the wordings that Twilio doesn't know, and remember those that WhatsApp has approved.

    Idempotent: run it again until all are approved, which takes hours. A changed wording counts as a new one. A wording
    that has lost its approval is forgotten, so that it isn't sent.
    """
    known = {
        content.friendly_name: content
        for content in client.content.v1.content_and_approvals.list(limit=MOST_CONTENTS)
    }
    return [
        _sync(client, template, language, known.get(template.friendly_name(language)), contents)
        for template in templates.values()
        for language in template.wordings
    ]


def _sync(
    client: Client, template: Template, language: str, known: Any, contents: ContentStore
) -> TemplateApproval:
    friendly_name = template.friendly_name(language)
    name = content_name(client.account_sid, friendly_name)
    request = (known.approval_requests if known else None) or {"status": UNSUBMITTED}
    status, reason = str(request["status"]), str(request.get("rejection_reason") or "")
    if status == UNSUBMITTED:
        content = known or client.content.v1.contents.create(_content(template, language))
        asked = _ApprovalRequest(friendly_name, template.category)
        client.content.v1.contents(content.sid).approval_create.create(asked)
        status = SUBMITTED
    if status == APPROVED:
        contents.remember(name, known.sid)
    else:
        contents.forget(name)
    return TemplateApproval(template=template.name, language=language, status=status, reason=reason)


def _content(template: Template, language: str) -> ContentRequest:
    examples = {str(number): example for number, example in enumerate(template.variables.values(), start=1)}
    return ContentRequest(
        friendly_name=template.friendly_name(language),
        language=language,
        variables=examples,
        types=_types(template.wordings[language]),
    )


def _types(wording: Wording) -> dict[str, Any]:
    if not wording.buttons:
        return {"twilio/text": {"body": wording.body}}
    return {
        "twilio/quick-reply": {
            "body": wording.body,
            "actions": [_action(button) for button in wording.buttons],
        }
    }


def _action(button: Choice) -> dict[str, str]:
    return {"type": "QUICK_REPLY", "title": button.title, "id": button.id}
