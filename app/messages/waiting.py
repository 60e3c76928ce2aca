"""What of messages waits for a person: nothing on its own; the incident behind them does."""

from __future__ import annotations

from app.core.waiting import declare, declare_moments
from app.models.messages import DeliveryState

WORKER = "the worker sends it, on the next channel where one fails"
BOARD = "the board of the message names who was not reached"

declare(
    DeliveryState,
    {
        DeliveryState.WAITING: WORKER,
        DeliveryState.SENDING: WORKER,
        DeliveryState.SENT: "it is over",
        DeliveryState.TOLD: "it is over",
        DeliveryState.FAILED: BOARD,
        DeliveryState.MAYBE: BOARD,
        DeliveryState.SKIPPED: "it is over",
    },
)
declare_moments(
    {
        "message.next_update_at": "the incident keeps the promise in force",
        "delivery.due_at": WORKER,
    }
)
