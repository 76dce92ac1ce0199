-- SPDX-License-Identifier: BSD-2-Clause
-- The hub's tables. Run by `varseld migrate`, or with psql -v ON_ERROR_STOP=1 -f. Whole or
-- not at all; run again it stops at its own registration and changes nothing.
BEGIN;

CREATE TABLE IF NOT EXISTS schema_migration (
	version integer PRIMARY KEY,
	name text NOT NULL,
	applied timestamptz NOT NULL DEFAULT now()
);
INSERT INTO schema_migration (version, name) VALUES (1, 'base');

COMMENT ON TABLE schema_migration IS 'Which files of schema/ this database has seen; each registers itself';
COMMENT ON COLUMN schema_migration.version IS 'The number its file name begins with';
COMMENT ON COLUMN schema_migration.name IS 'The rest of its file name';
COMMENT ON COLUMN schema_migration.applied IS 'When it was run';

-- who ------------------------------------------------------------------------------------

CREATE TABLE org (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code text COLLATE "C" NOT NULL UNIQUE,
	name text NOT NULL,
	sector text NOT NULL DEFAULT '',
	state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
	links integer NOT NULL DEFAULT 0,
	reports bigint NOT NULL DEFAULT 0,
	created timestamptz NOT NULL,
	last_seen timestamptz
);
COMMENT ON TABLE org IS 'Municipalities and other members';
COMMENT ON COLUMN org.id IS 'Internal number';
COMMENT ON COLUMN org.code IS 'Code that notes and keys carry, 0101';
COMMENT ON COLUMN org.name IS 'Name for people';
COMMENT ON COLUMN org.sector IS 'Sector, as the coordinators write it; empty when not given';
COMMENT ON COLUMN org.state IS 'suspended: no key of it is in use; using a new enrolment link makes it active again';
COMMENT ON COLUMN org.links IS 'Enrolment links made so far: the number in the next key''s name is one more';
COMMENT ON COLUMN org.reports IS 'Reports taken from it';
COMMENT ON COLUMN org.created IS 'When it was added';
COMMENT ON COLUMN org.last_seen IS 'When its client was last heard of, to a minute';

CREATE TABLE org_key (
	name text COLLATE "C" PRIMARY KEY,
	org_id bigint NOT NULL REFERENCES org,
	vkey text NOT NULL,
	created timestamptz NOT NULL,
	switched_off timestamptz
);
CREATE INDEX org_key_org ON org_key (org_id);
COMMENT ON TABLE org_key IS 'Public keys that members enrolled';
COMMENT ON COLUMN org_key.name IS 'Key name, <hub>/org/<code>/<n>';
COMMENT ON COLUMN org_key.org_id IS 'Whose it is';
COMMENT ON COLUMN org_key.vkey IS 'The public key as text (C2SP signed-note)';
COMMENT ON COLUMN org_key.created IS 'When it was enrolled';
COMMENT ON COLUMN org_key.switched_off IS 'Since when nothing it signs is taken; null: in use';

CREATE TABLE enrol_link (
	secret_hash bytea PRIMARY KEY CHECK (length(secret_hash) = 32),
	org_id bigint NOT NULL REFERENCES org,
	n integer NOT NULL,
	created timestamptz NOT NULL,
	created_by text NOT NULL,
	expires timestamptz NOT NULL,
	used timestamptz,
	UNIQUE (org_id, n)
);
COMMENT ON TABLE enrol_link IS 'One-use links by which members enrol a key';
COMMENT ON COLUMN enrol_link.secret_hash IS 'SHA-256 of the link''s secret; the secret itself is nowhere';
COMMENT ON COLUMN enrol_link.org_id IS 'For whom it was made';
COMMENT ON COLUMN enrol_link.n IS 'The number that the key''s name must end in';
COMMENT ON COLUMN enrol_link.created IS 'When it was made';
COMMENT ON COLUMN enrol_link.created_by IS 'Key name of the coordinator';
COMMENT ON COLUMN enrol_link.expires IS 'From when it is refused';
COMMENT ON COLUMN enrol_link.used IS 'When it was used, or switched off by a suspension; null: still good';

CREATE TABLE login_key (
	name text COLLATE "C" PRIMARY KEY,
	vkey text NOT NULL,
	created timestamptz NOT NULL,
	switched_off timestamptz
);
COMMENT ON TABLE login_key IS 'Keys by which coordinators log in; they decide nothing, the signing keys are in the root documents';
COMMENT ON COLUMN login_key.name IS 'Key name, <hub>/login/<name>';
COMMENT ON COLUMN login_key.vkey IS 'The public key as text';
COMMENT ON COLUMN login_key.created IS 'When it was added, or added again';
COMMENT ON COLUMN login_key.switched_off IS 'Since when it gives no token; null: in use';

CREATE TABLE page_session (
	link_hash bytea PRIMARY KEY CHECK (length(link_hash) = 32),
	key_name text COLLATE "C" NOT NULL,
	org_id bigint REFERENCES org,
	created timestamptz NOT NULL,
	link_expires timestamptz NOT NULL,
	session_hash bytea UNIQUE CHECK (length(session_hash) = 32),
	opened timestamptz,
	expires timestamptz
);
CREATE INDEX page_session_expires ON page_session (expires);
COMMENT ON TABLE page_session IS 'One-use links to the situation page, and the browser''s session that each opened';
COMMENT ON COLUMN page_session.link_hash IS 'SHA-256 of the link''s secret; the secret itself is nowhere';
COMMENT ON COLUMN page_session.key_name IS 'Whose token asked for it; the session ends when that key is switched off';
COMMENT ON COLUMN page_session.org_id IS 'Its organisation; null: a coordinator';
COMMENT ON COLUMN page_session.created IS 'When the link was made';
COMMENT ON COLUMN page_session.link_expires IS 'From when the link opens nothing';
COMMENT ON COLUMN page_session.session_hash IS 'SHA-256 of the secret in the session''s cookie; null: not opened';
COMMENT ON COLUMN page_session.opened IS 'When the link was used';
COMMENT ON COLUMN page_session.expires IS 'When the session ends';

CREATE TABLE token_nonce (
	key_name text COLLATE "C" NOT NULL,
	nonce bytea NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (key_name, nonce)
);
CREATE INDEX token_nonce_at ON token_nonce (at);
COMMENT ON TABLE token_nonce IS 'Nonces of token requests, kept for ten minutes so that none is taken twice';
COMMENT ON COLUMN token_nonce.key_name IS 'Who asked';
COMMENT ON COLUMN token_nonce.nonce IS 'The 16 bytes of the request';
COMMENT ON COLUMN token_nonce.at IS 'When it was taken';

-- what members report ----------------------------------------------------------------------

CREATE TABLE report (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	org_id bigint NOT NULL REFERENCES org,
	key_name text NOT NULL,
	sha256 bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
	note bytea NOT NULL,
	comment text NOT NULL DEFAULT '',
	issued timestamptz NOT NULL,
	received timestamptz NOT NULL,
	accepted integer NOT NULL,
	known integer NOT NULL DEFAULT 0,
	withdrawn timestamptz
);
COMMENT ON TABLE report IS 'Reports as they came: the signed note can be verified again at any time';
COMMENT ON COLUMN report.id IS 'Number that the API shows';
COMMENT ON COLUMN report.org_id IS 'Who reported';
COMMENT ON COLUMN report.key_name IS 'The key that signed it';
COMMENT ON COLUMN report.sha256 IS 'SHA-256 of the note''s text: the same note twice is one report';
COMMENT ON COLUMN report.note IS 'The note''s exact bytes, signatures included';
COMMENT ON COLUMN report.comment IS 'The header''s comment; empty when it had none';
COMMENT ON COLUMN report.issued IS 'The header''s time';
COMMENT ON COLUMN report.received IS 'When the hub took it';
COMMENT ON COLUMN report.accepted IS 'Lines taken';
COMMENT ON COLUMN report.known IS 'Distinct indicators of it that the hub had before';
COMMENT ON COLUMN report.withdrawn IS 'When its organisation took it back; null: it stands';

CREATE TABLE indicator (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text COLLATE "C" NOT NULL,
	value text COLLATE "C" NOT NULL,
	state text COLLATE "C" NOT NULL DEFAULT 'pending'
		CHECK (state IN ('pending', 'approved', 'rejected', 'revoked')),
	action text COLLATE "C" NOT NULL CHECK (action IN ('block', 'watch')),
	tlp smallint NOT NULL CHECK (tlp BETWEEN 1 AND 5),
	confidence smallint NOT NULL CHECK (confidence BETWEEN 0 AND 100),
	flags smallint NOT NULL DEFAULT 0,
	orgs integer NOT NULL DEFAULT 0,
	sightings bigint NOT NULL DEFAULT 0,
	first_seen timestamptz NOT NULL,
	last_seen timestamptz NOT NULL,
	created timestamptz NOT NULL,
	changed timestamptz NOT NULL,
	until timestamptz,
	decided timestamptz,
	reason text,
	near bigint,
	campaigns integer NOT NULL DEFAULT 0,
	UNIQUE (kind, value)
-- Nearly each is decided on once, soon, and later sighted: no index names what that changes (the
-- queue is a table of its own, in 0002), and a page has room for the new row beside the old one,
-- so that no index is written (HOT).
) WITH (fillfactor = 50);
CREATE INDEX indicator_near ON indicator (near, id) WHERE near IS NOT NULL;
COMMENT ON TABLE indicator IS 'Every value that was reported or decided on, once';
COMMENT ON COLUMN indicator.id IS 'Number that the API shows';
COMMENT ON COLUMN indicator.kind IS 'ip, domain, url, email, md5, sha1, sha256';
COMMENT ON COLUMN indicator.value IS 'Canonical form';
COMMENT ON COLUMN indicator.state IS 'pending: awaits a decision. approved: until the time in until (expired afterwards). rejected: off the queue. revoked: taken back';
COMMENT ON COLUMN indicator.action IS 'block when any report or the newest approval says so, else watch';
COMMENT ON COLUMN indicator.tlp IS '1 clear, 2 green, 3 amber, 4 amber+strict, 5 red: the most open that any report gives it';
COMMENT ON COLUMN indicator.confidence IS 'The highest reported, 0 to 100';
COMMENT ON COLUMN indicator.flags IS 'Bits: 1 private-suffix, 2 never-block; and, in the queue whatever its state, 4 disputed, 8 withdrawn: approved, and nobody who reported it stands by it';
COMMENT ON COLUMN indicator.orgs IS 'Distinct organisations that reported it and stand by it: those in report_indicator, counted as they come and go';
COMMENT ON COLUMN indicator.sightings IS 'How often it was reported, and seen';
COMMENT ON COLUMN indicator.first_seen IS 'Earliest time that a report or a sighting says it was seen';
COMMENT ON COLUMN indicator.last_seen IS 'Latest such time';
COMMENT ON COLUMN indicator.created IS 'When the hub first had it';
COMMENT ON COLUMN indicator.changed IS 'When this row last changed';
COMMENT ON COLUMN indicator.until IS 'End of the longest approval since the last revocation; null: never approved';
COMMENT ON COLUMN indicator.decided IS 'issued of the newest statement that named it; a later one must be newer';
COMMENT ON COLUMN indicator.near IS 'Key of its neighbourhood (server/core/campaign_key.h): the registered domain, the /24 or /48; null: none, or only decided on';
COMMENT ON COLUMN indicator.campaigns IS 'How many open campaigns it is in';
COMMENT ON COLUMN indicator.reason IS 'Why it was rejected, or stays as it is in spite of a dispute; null otherwise';

CREATE TABLE report_indicator (
	indicator_id bigint NOT NULL,
	org_id bigint NOT NULL,
	report_id bigint NOT NULL,
	action text COLLATE "C" NOT NULL,
	tlp smallint NOT NULL,
	confidence smallint,
	seen timestamptz,
	withdrawn boolean NOT NULL DEFAULT false,
	PRIMARY KEY (indicator_id, org_id, report_id)
);
-- Reports come in the order of their numbers, and few are looked for.
CREATE INDEX report_indicator_report ON report_indicator
	USING brin (report_id) WITH (autosummarize = on);
COMMENT ON TABLE report_indicator IS 'What each report says of each indicator, from its line';
COMMENT ON COLUMN report_indicator.indicator_id IS 'What was reported';
COMMENT ON COLUMN report_indicator.org_id IS 'By whom: the report''s organisation, first in the key so that one look tells whether it is new to an indicator';
COMMENT ON COLUMN report_indicator.report_id IS 'In which report';
COMMENT ON COLUMN report_indicator.action IS 'block or watch';
COMMENT ON COLUMN report_indicator.tlp IS 'As indicator.tlp';
COMMENT ON COLUMN report_indicator.confidence IS '0 to 100; null: not given';
COMMENT ON COLUMN report_indicator.seen IS 'When it was seen; null: not given';
COMMENT ON COLUMN report_indicator.withdrawn IS 'The report was taken back: it counts nowhere, and is still shown';

CREATE TABLE indicator_tag (
	indicator_id bigint NOT NULL,
	tag text COLLATE "C" NOT NULL,
	PRIMARY KEY (indicator_id, tag)
);
CREATE INDEX indicator_tag_tag ON indicator_tag (tag, indicator_id);
COMMENT ON TABLE indicator_tag IS 'Tags that reports and approvals gave an indicator';
COMMENT ON COLUMN indicator_tag.indicator_id IS 'What carries it';
COMMENT ON COLUMN indicator_tag.tag IS 'The tag';

CREATE TABLE dispute (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	indicator_id bigint NOT NULL,
	org_id bigint NOT NULL REFERENCES org,
	key_name text COLLATE "C" NOT NULL,
	reason text NOT NULL,
	created timestamptz NOT NULL,
	closed timestamptz
);
CREATE UNIQUE INDEX dispute_open ON dispute (indicator_id, org_id) WHERE closed IS NULL;
CREATE INDEX dispute_indicator ON dispute (indicator_id);
COMMENT ON TABLE dispute IS 'What members call a false positive';
COMMENT ON COLUMN dispute.id IS 'Number that the API shows';
COMMENT ON COLUMN dispute.indicator_id IS 'What is disputed; it carries the flag as long as one is open';
COMMENT ON COLUMN dispute.org_id IS 'By whom';
COMMENT ON COLUMN dispute.key_name IS 'Whose token it came with';
COMMENT ON COLUMN dispute.reason IS 'Why';
COMMENT ON COLUMN dispute.created IS 'Since when';
COMMENT ON COLUMN dispute.closed IS 'When a decision or a rejection closed it; null: open';

-- what members see --------------------------------------------------------------------------

CREATE TABLE sighting (
	hour timestamptz NOT NULL,
	indicator_id bigint NOT NULL,
	org_id bigint NOT NULL,
	source text COLLATE "C" NOT NULL,
	count bigint NOT NULL,
	first timestamptz NOT NULL,
	last timestamptz NOT NULL,
	PRIMARY KEY (indicator_id, hour, org_id, source)
) PARTITION BY RANGE (hour);
COMMENT ON TABLE sighting IS 'How often members saw an indicator in their logs and counters, by the hour; a partition each month';
COMMENT ON COLUMN sighting.hour IS 'The hour of the last time, its beginning';
COMMENT ON COLUMN sighting.indicator_id IS 'What was seen';
COMMENT ON COLUMN sighting.org_id IS 'By whom';
COMMENT ON COLUMN sighting.source IS 'In what kind of log: dns, proxy, mail and so on';
COMMENT ON COLUMN sighting.count IS 'How often';
COMMENT ON COLUMN sighting.first IS 'First time';
COMMENT ON COLUMN sighting.last IS 'Last time';

CREATE TABLE sighting_sum (
	hour timestamptz NOT NULL,
	org_id bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	count bigint NOT NULL,
	PRIMARY KEY (hour, org_id, kind)
);
COMMENT ON TABLE sighting_sum IS 'Sightings added up, so that a picture of a week is a few thousand rows whatever was seen';
COMMENT ON COLUMN sighting_sum.hour IS 'As in sighting';
COMMENT ON COLUMN sighting_sum.org_id IS 'By whom; no two organisations share a row, so none waits for another';
COMMENT ON COLUMN sighting_sum.kind IS 'Of what kind the indicators are';
COMMENT ON COLUMN sighting_sum.count IS 'How often';

CREATE TABLE sighting_batch (
	org_id bigint NOT NULL REFERENCES org,
	batch text COLLATE "C" NOT NULL,
	accepted bigint NOT NULL,
	at timestamptz NOT NULL,
	PRIMARY KEY (org_id, batch)
);
CREATE INDEX sighting_batch_at ON sighting_batch (at);
COMMENT ON TABLE sighting_batch IS 'Batches of sightings that were counted: one that is sent twice counts once';
COMMENT ON COLUMN sighting_batch.org_id IS 'Whose';
COMMENT ON COLUMN sighting_batch.batch IS 'The number that its sender gave it';
COMMENT ON COLUMN sighting_batch.accepted IS 'How many of its rows were counted';
COMMENT ON COLUMN sighting_batch.at IS 'When';

-- The hub and its retention have no right to DDL: these two functions are the exception, and
-- can do no more than make a month and drop old ones. The names of partitions are months.
CREATE FUNCTION sighting_month(at bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = public, pg_temp AS $$
DECLARE
	month timestamp := date_trunc('month', to_timestamp(at) AT TIME ZONE 'UTC');
	name text := 'sighting_' || to_char(month, 'YYYY_MM');
BEGIN
	IF to_regclass(name) IS NOT NULL THEN
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock(130160904070511); -- two that need it at once
	EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF sighting'
		' FOR VALUES FROM (%L) TO (%L)', name, month AT TIME ZONE 'UTC',
		(month + interval '1 month') AT TIME ZONE 'UTC');
END $$;
REVOKE EXECUTE ON FUNCTION sighting_month FROM PUBLIC;
COMMENT ON FUNCTION sighting_month IS 'Makes the partition of a time, if need be';

CREATE FUNCTION sighting_drop(before bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = public, pg_temp AS $$
DECLARE
	partition regclass;
	n bigint;
	total bigint := 0;
BEGIN
	FOR partition IN SELECT inhrelid::regclass FROM pg_inherits
		WHERE inhparent = 'sighting'::regclass
		AND (SELECT relname FROM pg_class WHERE oid = inhrelid) < 'sighting_'
			|| to_char(to_timestamp(before) AT TIME ZONE 'UTC', 'YYYY_MM')
		ORDER BY 1
	LOOP
		EXECUTE format('SELECT count(*) FROM %s', partition) INTO n;
		EXECUTE format('DROP TABLE %s', partition);
		total := total + n;
	END LOOP;
	RETURN total;
END $$;
REVOKE EXECUTE ON FUNCTION sighting_drop FROM PUBLIC;
COMMENT ON FUNCTION sighting_drop IS 'Drops the months that ended before a time; says how many rows went';

-- what coordinators decide -----------------------------------------------------------------

CREATE TABLE root (
	version bigint PRIMARY KEY,
	note bytea NOT NULL,
	added timestamptz NOT NULL,
	added_by text NOT NULL
);
COMMENT ON TABLE root IS 'The chain of root documents: who may sign what';
COMMENT ON COLUMN root.version IS 'From 1, without gaps';
COMMENT ON COLUMN root.note IS 'The signed note''s exact bytes';
COMMENT ON COLUMN root.added IS 'When it was added';
COMMENT ON COLUMN root.added_by IS 'By whom, on the hub''s console';

CREATE TABLE bundle (
	sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
	content bytea NOT NULL,
	form text NOT NULL CHECK (form IN ('approve', 'revoke', 'notice')),
	lines integer NOT NULL,
	created timestamptz NOT NULL,
	created_by text NOT NULL
);
COMMENT ON TABLE bundle IS 'The lists that statements decide on, and the texts of notices, by their hash; erased when only voided statements name one';
COMMENT ON COLUMN bundle.sha256 IS 'SHA-256 of the content';
COMMENT ON COLUMN bundle.content IS 'Exact bytes';
COMMENT ON COLUMN bundle.form IS 'approve: lines with action and until; revoke: bare ones; notice: a text for people';
COMMENT ON COLUMN bundle.lines IS 'Indicator lines in it; 0 in a notice';
COMMENT ON COLUMN bundle.created IS 'When it was stored';
COMMENT ON COLUMN bundle.created_by IS 'Key name of the coordinator';

CREATE TABLE proposal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sha256 bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
	note bytea NOT NULL,
	created timestamptz NOT NULL,
	created_by text NOT NULL,
	outcome text
);
COMMENT ON TABLE proposal IS 'Statements that await more signatures: where the root document asks more than one coordinator';
COMMENT ON COLUMN proposal.id IS 'Number that the API shows';
COMMENT ON COLUMN proposal.sha256 IS 'SHA-256 of the note''s text: the same statement twice is one proposal';
COMMENT ON COLUMN proposal.note IS 'The note with the signatures that it has so far';
COMMENT ON COLUMN proposal.created IS 'When the first signature came';
COMMENT ON COLUMN proposal.created_by IS 'Key name of the coordinator who posted it first';
COMMENT ON COLUMN proposal.outcome IS 'What became of it; null: it awaits signatures';

CREATE TABLE log (
	id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	origin text NOT NULL UNIQUE,
	size bigint NOT NULL DEFAULT 0,
	frontier bytea NOT NULL DEFAULT '',
	term bigint NOT NULL DEFAULT 0,
	CHECK (length(frontier) % 32 = 0)
);
COMMENT ON TABLE log IS 'One append-only log for each channel; its row lock orders the entries';
COMMENT ON COLUMN log.id IS 'Internal number';
COMMENT ON COLUMN log.origin IS '<hub>/feed/<channel>, the first line of its checkpoints';
COMMENT ON COLUMN log.size IS 'Entries: the next one''s index';
COMMENT ON COLUMN log.frontier IS 'Roots of the complete subtrees, largest first, 32 bytes each';
COMMENT ON COLUMN log.term IS 'Rises whenever a hub takes the lead; who has an older number cannot append';

CREATE TABLE statement (
	log_id smallint NOT NULL REFERENCES log,
	index bigint NOT NULL,
	sha256 bytea NOT NULL CHECK (length(sha256) = 32),
	note bytea NOT NULL,
	verb text NOT NULL,
	issued timestamptz NOT NULL,
	expires timestamptz,
	bundle_sha256 bytea,
	received timestamptz NOT NULL,
	received_from text NOT NULL,
	voided_by bigint,
	PRIMARY KEY (log_id, index),
	UNIQUE (log_id, sha256)
);
-- Between two decisions lie many attests: who looks for one skips them.
CREATE INDEX statement_decisions ON statement (log_id, index)
	WHERE verb IN ('approve', 'revoke', 'void');
COMMENT ON TABLE statement IS 'The log''s entries';
COMMENT ON COLUMN statement.log_id IS 'Which log';
COMMENT ON COLUMN statement.index IS 'Place in the log, from 0, dense';
COMMENT ON COLUMN statement.sha256 IS 'SHA-256 of the note''s text: the same statement twice is one entry';
COMMENT ON COLUMN statement.note IS 'The entry''s exact bytes: the note with its known signatures';
COMMENT ON COLUMN statement.verb IS 'approve, revoke, void, attest or notice';
COMMENT ON COLUMN statement.issued IS 'The statement''s time';
COMMENT ON COLUMN statement.expires IS 'From when clients may forget it; null: an attest';
COMMENT ON COLUMN statement.bundle_sha256 IS 'The list that it decides on, or the text that it makes known; null: an attest or a void';
COMMENT ON COLUMN statement.received IS 'When the hub took it';
COMMENT ON COLUMN statement.received_from IS 'Key name of the coordinator who posted it';
COMMENT ON COLUMN statement.voided_by IS 'Index of the void that names this approval or notice; null: none does';

CREATE TABLE checkpoint (
	log_id smallint NOT NULL REFERENCES log,
	size bigint NOT NULL,
	root bytea NOT NULL CHECK (length(root) = 32),
	note bytea NOT NULL,
	signed timestamptz NOT NULL,
	PRIMARY KEY (log_id, size)
);
COMMENT ON TABLE checkpoint IS 'The first checkpoint that was signed at each size';
COMMENT ON COLUMN checkpoint.log_id IS 'Which log';
COMMENT ON COLUMN checkpoint.size IS 'Entries under the root';
COMMENT ON COLUMN checkpoint.root IS 'Root of the tree';
COMMENT ON COLUMN checkpoint.note IS 'The signed and cosigned note';
COMMENT ON COLUMN checkpoint.signed IS 'When it was signed';

-- what members enforce ---------------------------------------------------------------------

CREATE TABLE receipt (
	org_id bigint PRIMARY KEY REFERENCES org,
	key_name text NOT NULL,
	note bytea NOT NULL,
	issued timestamptz NOT NULL,
	received timestamptz NOT NULL,
	root_version bigint NOT NULL,
	size bigint NOT NULL,
	at timestamptz NOT NULL,
	active_count bigint NOT NULL,
	active_sha256 bytea NOT NULL CHECK (length(active_sha256) = 32),
	outputs bigint NOT NULL,
	failed bigint NOT NULL,
	hold text
);
COMMENT ON TABLE receipt IS 'The newest receipt of each organisation: what its client enforces';
COMMENT ON COLUMN receipt.org_id IS 'Whose it is';
COMMENT ON COLUMN receipt.key_name IS 'The key that signed it';
COMMENT ON COLUMN receipt.note IS 'The note''s exact bytes, signatures included';
COMMENT ON COLUMN receipt.issued IS 'When it was made; an older one does not replace it';
COMMENT ON COLUMN receipt.received IS 'When the hub took it';
COMMENT ON COLUMN receipt.root_version IS 'The root document that the client follows';
COMMENT ON COLUMN receipt.size IS 'Entries of the log that it had followed';
COMMENT ON COLUMN receipt.at IS 'The time that the set is of';
COMMENT ON COLUMN receipt.active_count IS 'Entries of the active set, before any never-block list';
COMMENT ON COLUMN receipt.active_sha256 IS 'Digest of that set (docs/formats.md)';
COMMENT ON COLUMN receipt.outputs IS 'Outputs that the client has';
COMMENT ON COLUMN receipt.failed IS 'Of those, not applied: failed, or lifted by varsel off';
COMMENT ON COLUMN receipt.hold IS 'Why the client applies no new approvals; null: it does';

CREATE TABLE enforcement (
	org_id bigint NOT NULL REFERENCES org,
	log_id smallint NOT NULL REFERENCES log,
	index bigint NOT NULL,
	approved timestamptz NOT NULL,
	enforced timestamptz NOT NULL,
	PRIMARY KEY (org_id, log_id, index)
);
CREATE INDEX enforcement_approved ON enforcement (approved);
CREATE INDEX enforcement_index ON enforcement (log_id, index);
COMMENT ON TABLE enforcement IS 'When each organisation enforced an approval, by its receipts; approvals from before its key, and those enforced a month late, are not in it';
COMMENT ON COLUMN enforcement.org_id IS 'Who enforced';
COMMENT ON COLUMN enforcement.log_id IS 'The log that has the approval';
COMMENT ON COLUMN enforcement.index IS 'Its place in that log';
COMMENT ON COLUMN enforcement.approved IS 'When the hub took the approval';
COMMENT ON COLUMN enforcement.enforced IS 'When the hub took the first receipt that covers it with no output failing and nothing on hold';

-- who did what -----------------------------------------------------------------------------

CREATE TABLE audit (
	id bigint PRIMARY KEY CHECK (id > 0),
	at timestamptz NOT NULL,
	actor text NOT NULL,
	action text NOT NULL,
	subject text NOT NULL,
	detail text NOT NULL DEFAULT '',
	hash bytea NOT NULL CHECK (length(hash) = 32),
	CHECK (actor <> '' AND action <> '' AND subject <> ''),
	CHECK (actor || action || subject || detail !~ '[\x01-\x1f\x7f]')
);
CREATE INDEX audit_at ON audit (at, id);
COMMENT ON TABLE audit IS 'One row for each change, written in the change''s own transaction, chained by hashes: docs/formats.md, Audit';
COMMENT ON COLUMN audit.id IS 'Place in the chain, from 1, dense';
COMMENT ON COLUMN audit.at IS 'When';
COMMENT ON COLUMN audit.actor IS 'Key name, console:<user> for commands on the hub, or hub for what it did by itself';
COMMENT ON COLUMN audit.action IS 'What was done, a word: report, approve, reject, org-add';
COMMENT ON COLUMN audit.subject IS 'To what';
COMMENT ON COLUMN audit.detail IS 'More for people; may be empty';
COMMENT ON COLUMN audit.hash IS 'SHA-256 of the hash of the row before and this row''s canonical text';

CREATE TABLE audit_cut (
	id bigint PRIMARY KEY CHECK (id > 0),
	hash bytea NOT NULL CHECK (length(hash) = 32),
	at timestamptz NOT NULL
);
COMMENT ON TABLE audit_cut IS 'Where retention cut the chain: the newest row here is what the oldest in audit hangs on';
COMMENT ON COLUMN audit_cut.id IS 'The last row that was deleted';
COMMENT ON COLUMN audit_cut.hash IS 'Its hash';
COMMENT ON COLUMN audit_cut.at IS 'When it was deleted';

-- The only way into the chain, so that who may call it can neither leave a gap nor hang a row
-- elsewhere. The lock is held until the transaction ends: it is called last. (A statement
-- that waited for the lock must see what was committed meanwhile, so it is one of its own.)
-- The commit then does not wait for the disk with the lock in its hand, which would make all
-- writers wait in single file: the caller waits afterwards, with the others (server/db/db.c).
CREATE FUNCTION audit_append(at bigint[], actor text[], action text[], subject text[],
	detail text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = public, pg_temp AS $$
DECLARE
	n bigint;
	h bytea;
	chain bytea[];
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	PERFORM pg_advisory_xact_lock(130160904070510); -- beside those of server/db
	SELECT a.id, a.hash INTO n, h FROM audit a ORDER BY a.id DESC LIMIT 1;
	n := coalesce(n, 0);
	h := coalesce(h, decode(repeat('00', 32), 'hex'));
	FOR i IN 1 .. cardinality(at) LOOP
		h := sha256(h || convert_to('varsel/audit/v1' || E'\nid ' || n + i || E'\nat '
			|| to_char(to_timestamp(at[i]) AT TIME ZONE 'UTC',
				'YYYY-MM-DD"T"HH24:MI:SS"Z"')
			|| E'\nactor ' || actor[i] || E'\naction ' || action[i]
			|| E'\nsubject ' || subject[i]
			|| CASE detail[i] WHEN '' THEN '' ELSE E'\ndetail ' || detail[i] END
			|| E'\n', 'UTF8'));
		chain[i] := h;
	END LOOP;
	INSERT INTO audit SELECT n + x.i, to_timestamp(x.at), x.actor, x.action, x.subject,
			x.detail, x.hash
		FROM unnest(at, actor, action, subject, detail, chain)
			WITH ORDINALITY AS x (at, actor, action, subject, detail, hash, i) ORDER BY i;
END $$;
REVOKE EXECUTE ON FUNCTION audit_append FROM PUBLIC;
COMMENT ON FUNCTION audit_append IS 'Adds rows to the chain, in the order given';

COMMIT;
