"""The rows of the workloads, the same as those of src/workloads/."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from json import dumps
from uuid import UUID

MASK = 0xFFFFFFFF


def scatter(n):
    return n * 0x9E3779B1 & MASK


URLS = [f"/page/{n}" for n in range(64)]


def metrics(n):
    return URLS[n % 64], (scatter(n) >> 8) % 1000


INSTANCES = ["c4.large", "d2.xlarge", "m4.2xlarge", "p2.8xlarge", "r3.large"]
SYSTEMS = ["Linux/UNIX", "SUSE Linux", "Windows"]
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"]
ZONES = ["a", "b", "c", "d", "e"]
FIRST_PRICE = datetime(2017, 5, 8, 21, 38, 41, tzinfo=timezone.utc)


def spotprices(n):
    h = scatter(n) >> 8
    return (
        FIRST_PRICE + timedelta(seconds=n),
        INSTANCES[h % 5],
        SYSTEMS[h % 3],
        REGIONS[h % 4],
        ZONES[(h >> 3) % 5],
        h % 100_000 / 10_000,
    )


KINDS = ["page_view", "click", "purchase", "sign_up", "log_out"]
SOURCES = ["web", "ios", "android"]
TAGS = [["new"], ["returning", "mobile"], [], ["campaign", "summer", "email"]]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
FIRST_EVENT = datetime(2026, 1, 1, tzinfo=timezone.utc)


def events(n):
    h = scatter(n)
    occurred_at = FIRST_EVENT + timedelta(milliseconds=n * 250)
    return (
        identifier(h, n),
        occurred_at,
        None if h % 4 == 0 else occurred_at + timedelta(milliseconds=h & 0xFF),
        KINDS[(h >> 4) % 5],
        SOURCES[(h >> 4) % 3],
        as_json(payload(n, h)),
        Decimal(f"{(h >> 8) % 10_000}.{10 + (h >> 4) % 90}"),
        TAGS[(h >> 16) % 4],
        h & 0x100 == 0,
        None if h % 3 == 0 else n * 7,
        None if h % 5 == 0 else identifier(n, h),
        'said "no", then left' if h % 8 == 0 else None,
    )


def payload(n, h):
    return {
        "path": f"/catalog/items/{100_000 + h % 900_000}",
        "referrer": "https://example.com/search",
        "agent": AGENT,
        "screen": {"width": 1920, "height": 1080},
        "duration_ms": h % 10_000,
        "sequence": n,
        "ok": h & 2 == 0,
    }


def as_json(value):
    """As asyncpg takes it; psycopg has a type for it, and puts that here."""
    return dumps(value)


def identifier(a, b):
    return UUID(
        f"{a:08x}-{b & 0xFFFF:04x}-4{a >> 4 & 0xFFF:03x}-8{b & 0xFFF:03x}"
        f"-{b >> 16 & 0xFFFF:04x}{a >> 8 & 0xFFFF:04x}{b >> 8 & 0xFFFF:04x}"
    )


WIDE_PAIRS = range(0, 100, 2)


def wide(n):
    row = []
    for index in WIDE_PAIRS:
        row.append(n * 16 + index)
        row.append(n % 100_000 * 8 + index / 8)
    return row


def content_of(length):
    content = bytearray(length)
    state = 1
    for at in range(length):
        state = state * 1_664_525 + 1_013_904_223 & MASK
        content[at] = state >> 24
    return bytes(content)


CONTENT_REST = content_of(10_000)[4:]


def blobs(n):
    return n, n.to_bytes(4, "big") + CONTENT_REST


WORKLOADS = {
    "metrics": (metrics, ["url", "latency_ms"], ["text", "int8"]),
    "spotprices": (
        spotprices,
        ["dt", "instance", "os", "region", "az", "price"],
        ["timestamptz", "text", "text", "text", "text", "float8"],
    ),
    "events": (
        events,
        [
            "id",
            "occurred_at",
            "received_at",
            "kind",
            "source",
            "payload",
            "amount",
            "tags",
            "is_test",
            "user_id",
            "session_id",
            "note",
        ],
        [
            "uuid",
            "timestamptz",
            "timestamptz",
            "text",
            "text",
            "jsonb",
            "numeric",
            "text[]",
            "bool",
            "int8",
            "uuid",
            "text",
        ],
    ),
    "wide": (wide, [f"c{n + 1}" for n in range(100)], ["int4", "float8"] * 50),
    "blobs": (blobs, ["id", "content"], ["int8", "bytea"]),
}
