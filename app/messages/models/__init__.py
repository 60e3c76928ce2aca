"""The old place of these tables; they are in `app.models.messages`."""

from app.models.incidents.desk import Reminder
from app.models.messages import Channel as Channel
from app.models.messages import ChannelKind as ChannelKind
from app.models.messages import Delivery as Delivery
from app.models.messages import DeliveryState as DeliveryState
from app.models.messages import InformPolicy as InformPolicy
from app.models.messages import Message as Message
from app.models.messages import MessageKind as MessageKind

__all__ = [
    "Channel",
    "ChannelKind",
    "Delivery",
    "DeliveryState",
    "InformPolicy",
    "Message",
    "MessageKind",
    "Reminder",
]
