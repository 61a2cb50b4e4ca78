from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from podium.core.errors import NewerSchema, NotADatabase

WORLD = Path(__file__).parents[3] / "tools/world.py"
OPEN = """
import runpy, sys
from pathlib import Path
names = runpy.run_path(sys.argv[1])
shop = names["open_world"](Path(sys.argv[2]))
print(shop.digest())
"""


BROKEN = {
    "an order costs what its lines and its shipping cost": """
        SELECT count(*) FROM orders o WHERE total_cents != shipping_cents
        + (SELECT sum(quantity * unit_cents) FROM order_lines l WHERE l.order_id = o.order_id)""",
    "no more is refunded than was paid": """
        SELECT count(*) FROM orders o WHERE paid_cents < (SELECT coalesce(sum(amount_cents), 0)
        FROM refunds r WHERE r.order_id = o.order_id AND status != 'voided')""",
    "what was shipped has a parcel, and nothing else has": """
        SELECT count(*) FROM orders o LEFT JOIN parcels p USING (order_id)
        WHERE (status IN ('shipped', 'delivered', 'returned', 'refunded')) != (p.order_id IS NOT NULL)""",
    "a delivered parcel says so": """
        SELECT count(*) FROM orders WHERE delivered_on IS NOT NULL AND order_id NOT IN
        (SELECT order_id FROM parcels JOIN parcel_events USING (parcel_id) WHERE event = 'delivered')""",
    "nothing happened after today": """
        SELECT count(*) FROM (SELECT placed_on AS day FROM orders UNION ALL
        SELECT delivered_on FROM orders UNION ALL SELECT created_on FROM refunds UNION ALL
        SELECT created_on FROM returns UNION ALL SELECT happened_on FROM parcel_events), meta
        WHERE key = 'today' AND day > value""",
    "a pending order is not paid and a later one is": """
        SELECT count(*) FROM orders WHERE (status = 'pending' AND paid_cents > 0)
        OR (status IN ('paid', 'packed', 'shipped', 'delivered') AND paid_cents != total_cents)""",
}


def _count(shop: Any, query: str) -> int:
    with shop.reading() as db:
        return int(db.execute(query).fetchone()[0])


@pytest.mark.parametrize(("table", "least"), [("customers", 200), ("products", 120), ("orders", 1000)])
def test_the_shop_has_enough_of_everything(shop: Any, table: str, least: int) -> None:
    assert _count(shop, f"SELECT count(*) FROM {table}") >= least


def test_there_are_orders_in_every_state(shop: Any) -> None:
    with shop.reading() as db:
        counts = dict(db.execute("SELECT status, count(*) FROM orders GROUP BY status").fetchall())
    states = {"pending", "paid", "packed", "shipped", "delivered", "cancelled", "returned", "refunded"}
    assert set(counts) == states
    assert min(counts.values()) >= 20


def test_the_same_seed_gives_the_same_shop_today_and_tomorrow(shop: Any) -> None:
    assert shop.digest() == "f1aeda06d5abb5e0ce626955b0029cfeb53f2c13e2983f8acd523934b5089df7"


def test_another_seed_gives_another_shop(
    world: ModuleType, shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "SEED", world.SEED + 1)
    assert world.open_world(tmp_path / "other.db").digest() != shop.digest()


@pytest.mark.parametrize("rule", BROKEN)
def test_the_rows_agree_with_each_other(shop: Any, rule: str) -> None:
    assert _count(shop, BROKEN[rule]) == 0


def test_processes_that_start_together_agree_on_one_world(tmp_path: Path, shop: Any) -> None:
    path = tmp_path / "new" / "world.db"
    command = [sys.executable, "-c", OPEN, str(WORLD), str(path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    digests = [process.communicate(timeout=60)[0].strip() for process in started]
    assert digests == [shop.digest()] * 3


def test_opening_again_keeps_what_has_changed(world: ModuleType, shop: Any) -> None:
    with shop.changing() as db:
        db.execute("UPDATE products SET stock = 7 WHERE sku = 'KET-204'")
    changed = shop.digest()
    assert world.open_world(shop.path).digest() == changed


def test_a_copy_is_equal_and_independent(world: ModuleType, shop: Any, tmp_path: Path) -> None:
    world.copy_world(shop.path, tmp_path / "copies" / "shop.db")
    copy = world.open_world(tmp_path / "copies" / "shop.db")
    assert copy.digest() == shop.digest()
    with copy.changing() as db:
        db.execute("UPDATE products SET stock = 7 WHERE sku = 'KET-204'")
    assert copy.digest() != shop.digest()


def test_a_destroyed_world_starts_again_from_the_seed(world: ModuleType, shop: Any) -> None:
    before = shop.digest()
    with shop.changing() as db:
        db.execute("DELETE FROM parcel_events")
    world.destroy_world(shop.path)
    assert not shop.path.exists()
    assert world.open_world(shop.path).digest() == before


def test_an_interrupted_creation_is_done_again(
    world: ModuleType, shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "half.db"
    with monkeypatch.context() as patch:
        patch.setattr(world, "_sibling", _sibling_that_breaks_half_way(world))
        with pytest.raises(OSError, match="pulled the plug"):
            world.open_world(path)
    assert world.open_world(path).digest() == shop.digest()


def _sibling_that_breaks_half_way(world: ModuleType) -> Any:
    sibling = world._sibling

    def load(name: str) -> ModuleType:
        module: ModuleType = sibling(name)
        if name == "seeding":

            def break_down(*_: object) -> None:
                raise OSError("pulled the plug")

            module.__dict__["_add_parcel"] = break_down
        return module

    return load


def test_a_newer_shop_is_left_alone(world: ModuleType, shop: Any) -> None:
    with closing(sqlite3.connect(shop.path)) as db:
        db.execute("PRAGMA user_version = 9")
    before = shop.path.read_bytes()
    with pytest.raises(NewerSchema, match="schema 9"):
        world.open_world(shop.path)
    assert shop.path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(world: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("these are my notes, not a database" * 100, encoding="utf-8")
    with pytest.raises(NotADatabase, match=r"shop\.db is not"):
        world.open_world(path)
    assert path.read_text(encoding="utf-8").startswith("these are my notes")


def test_a_world_may_be_named_by_its_folder(world: ModuleType, shop: Any, tmp_path: Path) -> None:
    world.copy_world(shop.path, tmp_path / "world")
    assert world.open_world(tmp_path / "world").path == tmp_path / "world" / "shop.db"
    world.destroy_world(tmp_path / "world")
    assert not (tmp_path / "world" / "shop.db").exists()


def test_a_failed_change_leaves_no_trace(shop: Any) -> None:
    before = shop.digest()

    def fail(db: sqlite3.Connection) -> dict[str, Any]:
        db.execute("DELETE FROM parcel_events")
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        shop.once("key", "tool", fail)
    assert shop.digest() == before


def test_a_repeated_key_gets_the_first_result_back(shop: Any) -> None:
    results = [shop.once("key", "tool", lambda _, n=number: {"number": n}) for number in (1, 2)]
    assert results == [{"number": 1}, {"number": 1}]


@pytest.mark.parametrize(("text", "cents"), [("24.90", 2490), ("20", 2000), ("0.05", 5), ("1.5", 150)])
def test_an_amount_is_read_in_whole_pence(shop: Any, text: str, cents: int) -> None:
    assert shop.cents(text) == cents


def test_an_amount_is_written_as_people_write_it(shop: Any) -> None:
    assert [shop.pounds(cents) for cents in (5, 2490, 100000)] == ["£0.05", "£24.90", "£1000.00"]
