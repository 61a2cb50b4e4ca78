-- The shop's tables. Money is in integer pence (1/100 of a pound), dates are ISO days.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE customers (
  customer_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  loyalty TEXT NOT NULL CHECK (loyalty IN ('none', 'silver', 'gold')),
  credit_cents INTEGER NOT NULL CHECK (credit_cents >= 0),
  joined_on TEXT NOT NULL
);

CREATE TABLE products (
  sku TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  price_cents INTEGER NOT NULL CHECK (price_cents > 0),
  stock INTEGER NOT NULL CHECK (stock >= 0),
  warranty_months INTEGER NOT NULL,
  discontinued INTEGER NOT NULL
);

CREATE TABLE orders (
  order_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers,
  status TEXT NOT NULL CHECK (status IN
    ('pending', 'paid', 'packed', 'shipped', 'delivered', 'cancelled', 'returned', 'refunded')),
  placed_on TEXT NOT NULL,
  delivered_on TEXT,
  shipping_method TEXT NOT NULL CHECK (shipping_method IN ('standard', 'express', 'pickup')),
  shipping_cents INTEGER NOT NULL,
  total_cents INTEGER NOT NULL,
  paid_cents INTEGER NOT NULL,
  address TEXT NOT NULL,
  cancel_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_on);

CREATE TABLE order_lines (
  order_id TEXT NOT NULL REFERENCES orders,
  line_no INTEGER NOT NULL,
  sku TEXT NOT NULL REFERENCES products,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_cents INTEGER NOT NULL,
  PRIMARY KEY (order_id, line_no)
);

CREATE TABLE parcels (
  parcel_id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders,
  carrier TEXT NOT NULL,
  tracking_number TEXT NOT NULL UNIQUE,
  shipped_on TEXT NOT NULL,
  expected_on TEXT NOT NULL
);
CREATE INDEX parcels_by_order ON parcels (order_id);

CREATE TABLE parcel_events (
  parcel_id TEXT NOT NULL REFERENCES parcels,
  seq INTEGER NOT NULL,
  happened_on TEXT NOT NULL,
  place TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (parcel_id, seq)
);

CREATE TABLE refunds (
  refund_id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders,
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  reason TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'settled', 'voided')),
  created_on TEXT NOT NULL
);
CREATE INDEX refunds_by_order ON refunds (order_id);

CREATE TABLE returns (
  return_id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders,
  sku TEXT NOT NULL REFERENCES products,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  reason TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'received', 'closed', 'withdrawn')),
  created_on TEXT NOT NULL
);
CREATE INDEX returns_by_order ON returns (order_id);

CREATE TABLE credits (
  credit_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers,
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  reason TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'reversed')),
  created_on TEXT NOT NULL
);

-- `reference` is the sender's key. It is not unique: sending twice sends two messages.
CREATE TABLE messages (
  message_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  sent_on TEXT NOT NULL,
  reference TEXT NOT NULL
);
CREATE INDEX messages_by_reference ON messages (reference);

-- One row per change that a tool made: a repeated key gets the first result back.
CREATE TABLE changes (
  change_no INTEGER PRIMARY KEY,
  idempotency_key TEXT NOT NULL UNIQUE,
  tool TEXT NOT NULL,
  result TEXT NOT NULL
)
