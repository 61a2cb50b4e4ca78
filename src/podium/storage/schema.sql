-- What the migrations lead to; written by scripts/schema_sql.py.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE threads (
	thread_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	status TEXT DEFAULT 'idle' NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	metadata TEXT, config TEXT, interrupts TEXT, error TEXT, state_updated_at TEXT, ttl TEXT, expires_at TEXT, 
	CONSTRAINT pk_threads PRIMARY KEY (thread_id)
);
CREATE INDEX ix_threads_tenant_updated_at ON threads (tenant, updated_at);
CREATE TABLE thread_leases (
	thread_id TEXT NOT NULL, 
	holder TEXT, 
	fencing_token INTEGER NOT NULL, 
	acquired_at TEXT, 
	expires_at TEXT, 
	CONSTRAINT pk_thread_leases PRIMARY KEY (thread_id)
);
CREATE TABLE runs (
	run_id TEXT NOT NULL, 
	thread_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	turn_id TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	status TEXT NOT NULL, 
	graph TEXT DEFAULT '' NOT NULL, 
	started_at TEXT NOT NULL, 
	ended_at TEXT, 
	input TEXT, 
	output TEXT, 
	models TEXT, 
	prompts TEXT, 
	policy_version TEXT DEFAULT '' NOT NULL, 
	usage TEXT, 
	error TEXT, 
	CONSTRAINT pk_runs PRIMARY KEY (run_id)
);
CREATE INDEX ix_runs_thread_id_started_at ON runs (thread_id, started_at);
CREATE TABLE events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	event_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	thread_id TEXT DEFAULT '' NOT NULL, 
	run_id TEXT DEFAULT '' NOT NULL, 
	kind TEXT NOT NULL, 
	at TEXT NOT NULL, 
	payload TEXT, 
	CONSTRAINT uq_events_event_id UNIQUE (event_id)
);
CREATE INDEX ix_events_run_id_seq ON events (run_id, seq);
CREATE INDEX ix_events_thread_id_seq ON events (thread_id, seq);
CREATE TABLE checkpoints (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	thread_id TEXT NOT NULL, 
	checkpoint_ns TEXT NOT NULL, 
	checkpoint_id TEXT NOT NULL, 
	parent_id TEXT, 
	run_id TEXT, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	encoding TEXT NOT NULL, 
	payload BLOB NOT NULL, 
	metadata TEXT NOT NULL, 
	CONSTRAINT uq_checkpoints_thread_id_checkpoint_ns_checkpoint_id UNIQUE (thread_id, checkpoint_ns, checkpoint_id)
);
CREATE INDEX ix_checkpoints_run_id ON checkpoints (run_id);
CREATE INDEX ix_checkpoints_thread_id_checkpoint_ns_seq ON checkpoints (thread_id, checkpoint_ns, seq);
CREATE TABLE checkpoint_blobs (
	thread_id TEXT NOT NULL, 
	checkpoint_ns TEXT NOT NULL, 
	version TEXT NOT NULL, 
	channels BLOB NOT NULL, 
	CONSTRAINT pk_checkpoint_blobs PRIMARY KEY (thread_id, checkpoint_ns, version)
)
 WITHOUT ROWID

;
CREATE TABLE checkpoint_writes (
	thread_id TEXT NOT NULL, 
	checkpoint_ns TEXT NOT NULL, 
	checkpoint_id TEXT NOT NULL, 
	task_id TEXT NOT NULL, 
	task_path TEXT DEFAULT '' NOT NULL, 
	entries BLOB NOT NULL, 
	CONSTRAINT pk_checkpoint_writes PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id)
)
 WITHOUT ROWID

;
CREATE VIEW checkpoint_puts AS
        SELECT thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id, schema_version, encoding,
            payload, metadata, NULL AS version, NULL AS channels
        FROM checkpoints;
CREATE TRIGGER checkpoint_puts_insert INSTEAD OF INSERT ON checkpoint_puts
        BEGIN
            INSERT INTO checkpoint_blobs(thread_id, checkpoint_ns, version, channels)
            SELECT NEW.thread_id, NEW.checkpoint_ns, NEW.version, NEW.channels
            WHERE NEW.version IS NOT NULL;
            INSERT INTO checkpoints(thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id,
                schema_version, encoding, payload, metadata)
            VALUES (NEW.thread_id, NEW.checkpoint_ns, NEW.checkpoint_id, NEW.parent_id, NEW.run_id,
                NEW.schema_version, NEW.encoding, NEW.payload, NEW.metadata);
        END;
CREATE TABLE effects (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	effect_id TEXT NOT NULL, 
	idempotency_key TEXT NOT NULL, 
	generation INTEGER DEFAULT '0' NOT NULL, 
	digest TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	thread_id TEXT NOT NULL, 
	run_id TEXT DEFAULT '' NOT NULL, 
	turn_id TEXT DEFAULT '' NOT NULL, 
	step_id TEXT DEFAULT '' NOT NULL, 
	checkpoint_id TEXT DEFAULT '' NOT NULL, 
	tool TEXT NOT NULL, 
	tool_version TEXT DEFAULT '' NOT NULL, 
	effect_class TEXT NOT NULL, 
	target TEXT DEFAULT '' NOT NULL, 
	args TEXT NOT NULL, 
	preview TEXT, 
	policy_version TEXT DEFAULT '' NOT NULL, 
	provenance TEXT, 
	estimated_cost TEXT, 
	status TEXT NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	result TEXT, 
	error TEXT, 
	principal TEXT DEFAULT '' NOT NULL, 
	proposed_at TEXT NOT NULL, 
	decided_at TEXT, 
	started_at TEXT, 
	ended_at TEXT, 
	expires_at TEXT, observed TEXT, 
	CONSTRAINT uq_effects_effect_id UNIQUE (effect_id), 
	CONSTRAINT uq_effects_idempotency_key_generation UNIQUE (idempotency_key, generation)
);
CREATE INDEX ix_effects_digest ON effects (digest);
CREATE INDEX ix_effects_status ON effects (status);
CREATE INDEX ix_effects_thread_id_seq ON effects (thread_id, seq);
CREATE TABLE effect_moves (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	effect_id TEXT NOT NULL, 
	from_status TEXT, 
	to_status TEXT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	data TEXT, 
	CONSTRAINT fk_effect_moves_effect_id FOREIGN KEY(effect_id) REFERENCES effects (effect_id)
);
CREATE INDEX ix_effect_moves_effect_id_seq ON effect_moves (effect_id, seq);
CREATE TABLE grants (
	grant_id TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	effect_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	principal TEXT DEFAULT '' NOT NULL, 
	policy_version TEXT DEFAULT '' NOT NULL, 
	issued_at TEXT NOT NULL, 
	expires_at TEXT, 
	consumed_at TEXT, 
	CONSTRAINT pk_grants PRIMARY KEY (grant_id)
);
CREATE INDEX ix_grants_effect_id ON grants (effect_id);
CREATE TABLE feedback (
	feedback_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	thread_id TEXT NOT NULL, 
	run_id TEXT DEFAULT '' NOT NULL, 
	principal TEXT DEFAULT '' NOT NULL, 
	kind TEXT NOT NULL, 
	rating FLOAT, 
	correction TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	at TEXT NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (feedback_id)
);
CREATE INDEX ix_feedback_thread_id_at ON feedback (thread_id, at);
CREATE TABLE forks (
	thread_id TEXT NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	at TEXT NOT NULL, 
	live_at TEXT, 
	live_by TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_forks PRIMARY KEY (thread_id)
);
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	body TEXT NOT NULL, 
	thread_id TEXT GENERATED ALWAYS AS (json_extract(body, '$.thread')) VIRTUAL, 
	CONSTRAINT pk_audit PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_thread_id_seq ON audit (thread_id, seq);
CREATE TABLE audit_sealed (
	seq INTEGER NOT NULL, 
	salt BLOB NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_audit_sealed PRIMARY KEY (seq)
);
CREATE TABLE audit_people (
	name TEXT NOT NULL, 
	principal TEXT NOT NULL, 
	salt BLOB NOT NULL, 
	CONSTRAINT pk_audit_people PRIMARY KEY (name), 
	CONSTRAINT uq_audit_people_principal UNIQUE (principal)
);
CREATE TABLE audit_heads (
	seq INTEGER NOT NULL, 
	statement TEXT NOT NULL, 
	CONSTRAINT pk_audit_heads PRIMARY KEY (seq)
);
CREATE TABLE audit_segments (
	last_seq INTEGER NOT NULL, 
	statement TEXT NOT NULL, 
	CONSTRAINT pk_audit_segments PRIMARY KEY (last_seq)
);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'an audit record is never changed'); END;
CREATE TRIGGER audit_is_put_away_by_segment BEFORE DELETE ON audit
        WHEN NOT EXISTS (SELECT 1 FROM audit_segments WHERE last_seq >= OLD.seq)
        BEGIN SELECT RAISE(ABORT, 'an audit record goes with its segment only'); END;
CREATE TABLE notifications (
	notification_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	status TEXT NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	due_at TEXT NOT NULL, 
	error TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notifications PRIMARY KEY (notification_id, channel)
);
CREATE INDEX ix_notifications_status_due_at ON notifications (status, due_at);
CREATE TABLE notification_cursors (
	channel TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	CONSTRAINT pk_notification_cursors PRIMARY KEY (channel)
);
CREATE INDEX ix_threads_tenant_created_at ON threads (tenant, created_at);
CREATE INDEX ix_threads_expires_at ON threads (expires_at);
CREATE INDEX ix_threads_status ON threads (status);
CREATE TABLE assistants (
	assistant_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	graph_id TEXT NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	CONSTRAINT pk_assistants PRIMARY KEY (assistant_id)
);
CREATE INDEX ix_assistants_tenant_graph_id ON assistants (tenant, graph_id);
CREATE TABLE assistant_versions (
	assistant_id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	graph_id TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	description TEXT, 
	config TEXT, 
	context TEXT, 
	metadata TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_assistant_versions PRIMARY KEY (assistant_id, version)
);
CREATE TABLE run_requests (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run_id TEXT NOT NULL, 
	thread_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	assistant_id TEXT DEFAULT '' NOT NULL, 
	graph_id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	due_at TEXT DEFAULT '' NOT NULL, 
	started_at TEXT, 
	ended_at TEXT, 
	multitask_strategy TEXT DEFAULT '' NOT NULL, 
	"temporary" INTEGER DEFAULT '0' NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	holder TEXT DEFAULT '' NOT NULL, 
	wanted TEXT DEFAULT '' NOT NULL, 
	metadata TEXT, 
	kwargs TEXT, 
	error TEXT, 
	CONSTRAINT uq_run_requests_run_id UNIQUE (run_id)
);
CREATE INDEX ix_run_requests_thread_id_seq ON run_requests (thread_id, seq);
CREATE INDEX ix_run_requests_open ON run_requests (status, due_at) WHERE status IN ('pending', 'running');
CREATE TABLE stream_events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	thread_id TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	event TEXT NOT NULL, 
	form TEXT NOT NULL, 
	data BLOB NOT NULL
);
CREATE INDEX ix_stream_events_run_id_seq ON stream_events (run_id, seq);
CREATE INDEX ix_stream_events_thread_id_seq ON stream_events (thread_id, seq);
CREATE TABLE callbacks (
	callback_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	run_id TEXT NOT NULL, 
	url TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	status TEXT NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	at TEXT NOT NULL, 
	due_at TEXT NOT NULL, 
	error TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_callbacks PRIMARY KEY (callback_id)
);
CREATE INDEX ix_callbacks_status_due_at ON callbacks (status, due_at);
CREATE TABLE crons (
	cron_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	assistant_id TEXT NOT NULL, 
	thread_id TEXT, 
	schedule TEXT NOT NULL, 
	timezone TEXT DEFAULT 'UTC' NOT NULL, 
	enabled INTEGER DEFAULT '1' NOT NULL, 
	on_run_completed TEXT DEFAULT '' NOT NULL, 
	end_time TEXT, 
	next_run_at TEXT, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	payload TEXT, 
	metadata TEXT, name TEXT DEFAULT '' NOT NULL, source TEXT DEFAULT '' NOT NULL, missed TEXT DEFAULT 'once' NOT NULL, window_s FLOAT DEFAULT '86400' NOT NULL, overlap TEXT DEFAULT 'allow' NOT NULL, 
	CONSTRAINT pk_crons PRIMARY KEY (cron_id)
);
CREATE INDEX ix_crons_enabled_next_run_at ON crons (enabled, next_run_at);
CREATE TABLE store_items (
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	namespace TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	value TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	ttl_minutes FLOAT, 
	expires_at TEXT, 
	fields TEXT, 
	embedder TEXT, 
	embedding BLOB, 
	CONSTRAINT pk_store_items PRIMARY KEY (tenant, owner, namespace, "key")
);
CREATE INDEX ix_store_items_expires_at ON store_items (expires_at);
CREATE TABLE api_keys (
	key_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	name TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	scopes TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	expires_at TEXT, 
	revoked_at TEXT, 
	last_used_at TEXT, 
	CONSTRAINT pk_api_keys PRIMARY KEY (key_id), 
	CONSTRAINT uq_api_keys_hash UNIQUE (hash)
);
CREATE TABLE idempotency_keys (
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	"key" TEXT NOT NULL, 
	request TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	at TEXT NOT NULL, 
	status INTEGER, 
	answer BLOB, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (tenant, owner, "key")
);
CREATE INDEX ix_idempotency_keys_at ON idempotency_keys (at);
CREATE TABLE interrupt_tickets (
	thread_id TEXT NOT NULL, 
	interrupt_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	assignee TEXT DEFAULT '' NOT NULL, 
	expires_at TEXT, 
	at TEXT NOT NULL, 
	CONSTRAINT pk_interrupt_tickets PRIMARY KEY (thread_id, interrupt_id)
);
CREATE UNIQUE INDEX ix_crons_tenant_name ON crons (tenant, name) WHERE name != '';
CREATE TABLE triggers (
	trigger_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	name TEXT NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	enabled INTEGER DEFAULT '1' NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	settings TEXT, 
	CONSTRAINT pk_triggers PRIMARY KEY (trigger_id), 
	CONSTRAINT uq_triggers_tenant_name UNIQUE (tenant, name)
);
CREATE TABLE firings (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	trigger_id TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	kind TEXT NOT NULL, 
	status TEXT NOT NULL, 
	at TEXT NOT NULL, 
	due_at TEXT NOT NULL, 
	digest TEXT DEFAULT '' NOT NULL, 
	version TEXT DEFAULT '' NOT NULL, 
	lane TEXT, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	allowed INTEGER DEFAULT '1' NOT NULL, 
	thread_id TEXT DEFAULT '' NOT NULL, 
	run_id TEXT DEFAULT '' NOT NULL, 
	started_at TEXT, 
	ended_at TEXT, 
	error TEXT DEFAULT '' NOT NULL, 
	event TEXT, 
	CONSTRAINT uq_firings_trigger_id_event_id UNIQUE (trigger_id, event_id)
);
CREATE INDEX ix_firings_trigger_id_seq ON firings (trigger_id, seq);
CREATE INDEX ix_firings_run_id ON firings (run_id);
CREATE INDEX ix_firings_open ON firings (trigger_id, lane, seq) WHERE status IN ('waiting', 'started');
CREATE INDEX ix_firings_status_due_at ON firings (status, due_at) WHERE status IN ('waiting', 'started');
CREATE TABLE encryption_keys (
	key_id TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	canary BLOB NOT NULL, 
	CONSTRAINT pk_encryption_keys PRIMARY KEY (key_id)
);
CREATE TABLE decisions (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	tenant TEXT DEFAULT '' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	schema_version INTEGER DEFAULT '1' NOT NULL, 
	thread_id TEXT NOT NULL, 
	run_id TEXT DEFAULT '' NOT NULL, 
	turn_id TEXT DEFAULT '' NOT NULL, 
	node TEXT DEFAULT '' NOT NULL, 
	kind TEXT NOT NULL, 
	at TEXT NOT NULL, 
	checkpoint_id TEXT DEFAULT '' NOT NULL, 
	step INTEGER, 
	route TEXT NOT NULL, 
	rule TEXT DEFAULT '' NOT NULL, 
	threshold FLOAT, 
	score FLOAT, 
	policy_version TEXT DEFAULT '' NOT NULL, 
	who TEXT DEFAULT '' NOT NULL, 
	details TEXT
);
CREATE INDEX ix_decisions_thread_id_seq ON decisions (thread_id, seq);
CREATE INDEX ix_decisions_run_id_seq ON decisions (run_id, seq);
CREATE INDEX ix_decisions_tenant_at ON decisions (tenant, at);
CREATE INDEX ix_decisions_reviews_turn_id ON decisions (turn_id) WHERE kind='review';
CREATE INDEX ix_feedback_run_id ON feedback (run_id);
CREATE INDEX ix_runs_tenant_started_at ON runs (tenant, started_at);
CREATE INDEX ix_events_verdicts_at ON events (at) WHERE kind='verdict';
CREATE TABLE consents (
	proposal INTEGER NOT NULL, 
	principal TEXT NOT NULL, 
	effect_id TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	tenant TEXT DEFAULT '' NOT NULL, 
	policy_version TEXT DEFAULT '' NOT NULL, 
	run_id TEXT DEFAULT '' NOT NULL, 
	at TEXT NOT NULL, 
	CONSTRAINT pk_consents PRIMARY KEY (proposal, principal)
);
CREATE INDEX ix_consents_effect_id ON consents (effect_id);
INSERT INTO "alembic_version" VALUES('0008');
