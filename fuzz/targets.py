"""All targets by name."""

from __future__ import annotations

from fuzz import command_line, files, models, texts, training
from fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target for module in (texts, files, training, models, command_line) for target in module.TARGETS
}
