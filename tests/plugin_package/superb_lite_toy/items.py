"""What a raw item must be."""

from superb_lite.errors import BadItemError


def check_item(name, item):
    if not item or set(item) - {"0", "1"}:
        raise BadItemError(f"bits item '{name}' must hold 0 and 1 only")
