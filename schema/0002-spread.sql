-- SPDX-License-Identifier: BSD-2-Clause
-- What awaits a decision, what spreads from one organisation to others, and who is told. Run as
-- 0001-base.sql is.
BEGIN;

INSERT INTO schema_migration (version, name) VALUES (2, 'spread');

-- what awaits a decision -------------------------------------------------------------------

-- What of indicator is looked for in its order: columns that change often, so in tables of
-- their own, which the triggers below keep, and nothing else.
CREATE TABLE queue (
	indicator_id bigint PRIMARY KEY,
	urgency bigint NOT NULL,
	sightings bigint NOT NULL,
	created timestamptz NOT NULL
);
CREATE INDEX queue_order ON queue (urgency, sightings, created, indicator_id);
COMMENT ON TABLE queue IS 'What awaits a decision: pending, disputed or withdrawn';
COMMENT ON COLUMN queue.indicator_id IS 'Which indicator';
COMMENT ON COLUMN queue.urgency IS 'The least first: what is disputed or withdrawn before all else, then what is in a campaign, then by organisations; negative, so that one row comparison continues a page';
COMMENT ON COLUMN queue.sightings IS 'Of the indicator, negative as well';
COMMENT ON COLUMN queue.created IS 'Of the indicator';

CREATE TABLE lapse (
	until timestamptz PRIMARY KEY,
	indicators bigint NOT NULL
);
COMMENT ON TABLE lapse IS 'When approvals end: which sets differ because something lapsed between them';
COMMENT ON COLUMN lapse.until IS 'As indicator.until';
COMMENT ON COLUMN lapse.indicators IS 'How many indicators have it; only decisions change that, one at a time';

-- Whoever comes here holds the indicators' rows. A plan is made once for a session, maybe while the
-- queue is all but empty: to read all of it would seem cheap then, and be done for each row later on.
-- To look each up does no harm when there are many, nor when there are few. Most often, as with
-- sightings of what is approved, neither table changes, and a look at the rows is cheaper than
-- statements that find nothing: both tables of a transition have them in one order.
CREATE FUNCTION queue_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = public, pg_temp SET enable_seqscan = off
	AS $$
DECLARE
	leaves boolean;
	enters boolean;
	ended timestamptz[];
	ends timestamptz[];
BEGIN
	IF TG_OP <> 'INSERT' THEN
		SELECT bool_or(state = 'pending' OR flags & 12 <> 0), array_agg(until)
			INTO leaves, ended FROM before;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		SELECT bool_or(state = 'pending' OR flags & 12 <> 0), array_agg(until)
			INTO enters, ends FROM after;
	END IF;
	IF leaves THEN
		DELETE FROM queue WHERE indicator_id = ANY (ARRAY(SELECT id FROM before));
	END IF;
	IF enters THEN
		INSERT INTO queue (indicator_id, urgency, sightings, created)
			SELECT id, -orgs - least(flags & 12, 4) * 250000 - least(campaigns, 1) * 500000,
				-sightings, created
			FROM after WHERE state = 'pending' OR flags & 12 <> 0;
	END IF;
	IF TG_OP = 'UPDATE' AND ends IS DISTINCT FROM ended THEN
		INSERT INTO lapse AS l (until, indicators)
			SELECT until, sum(n) FROM (SELECT until, 1 AS n FROM after
				UNION ALL SELECT until, -1 FROM before) u
			WHERE until IS NOT NULL GROUP BY until HAVING sum(n) <> 0
			ON CONFLICT (until) DO UPDATE SET indicators = l.indicators + excluded.indicators;
	ELSIF TG_OP = 'INSERT' THEN
		INSERT INTO lapse AS l (until, indicators)
			SELECT until, count(*) FROM after WHERE until IS NOT NULL GROUP BY until
			ON CONFLICT (until) DO UPDATE SET indicators = l.indicators + excluded.indicators;
	END IF;
	RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION queue_keep FROM PUBLIC;
COMMENT ON FUNCTION queue_keep IS 'Keeps queue and lapse as indicator says';
CREATE TRIGGER indicator_insert AFTER INSERT ON indicator REFERENCING NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION queue_keep();
CREATE TRIGGER indicator_update AFTER UPDATE ON indicator
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION queue_keep();
CREATE TRIGGER indicator_delete AFTER DELETE ON indicator REFERENCING OLD TABLE AS before
	FOR EACH STATEMENT EXECUTE FUNCTION queue_keep();

-- what spreads -----------------------------------------------------------------------------

CREATE TABLE activity (
	key bigint PRIMARY KEY,
	org_id bigint[] NOT NULL,
	last timestamptz[] NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE activity IS 'Which organisations had to do with what, and when last: all that campaigns are counted from, however much is stored';
COMMENT ON COLUMN activity.key IS 'Of an indicator, a report, a neighbourhood or a tag: server/core/campaign_key.h';
COMMENT ON COLUMN activity.org_id IS 'Who reported or saw something of it within the window, the last one first; one row for a key, so that two who come at once wait for each other and neither misses the other';
COMMENT ON COLUMN activity.last IS 'When each of them did last';

CREATE TABLE joint (
	indicator_id bigint NOT NULL,
	report_id bigint NOT NULL,
	at timestamptz NOT NULL,
	size bigint NOT NULL,
	PRIMARY KEY (indicator_id, report_id)
);
CREATE INDEX joint_report ON joint (report_id);
CREATE INDEX joint_at ON joint (at);
COMMENT ON TABLE joint IS 'Indicators that one short report names together';
COMMENT ON COLUMN joint.indicator_id IS 'One of them';
COMMENT ON COLUMN joint.report_id IS 'The report';
COMMENT ON COLUMN joint.at IS 'When it came';
COMMENT ON COLUMN joint.size IS 'How many it names together: the more, the less that says';

CREATE TABLE campaign (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	joined_by text COLLATE "C" NOT NULL
		CHECK (joined_by IN ('indicator', 'report', 'domain', 'net', 'tag')),
	key text COLLATE "C" NOT NULL,
	orgs integer NOT NULL DEFAULT 0,
	indicators integer NOT NULL DEFAULT 0,
	opened timestamptz NOT NULL,
	last timestamptz NOT NULL,
	closed timestamptz,
	closed_by text,
	reason text
);
CREATE INDEX campaign_open ON campaign (last) WHERE closed IS NULL;
COMMENT ON TABLE campaign IS 'Indicators that spread from one organisation to others within hours';
COMMENT ON COLUMN campaign.id IS 'Number that the API shows';
COMMENT ON COLUMN campaign.joined_by IS 'What they have in common: they are one, or of one report, one registered domain, one /24 or /48, one tag';
COMMENT ON COLUMN campaign.key IS 'Which value, report, domain, prefix or tag that is';
COMMENT ON COLUMN campaign.orgs IS 'Distinct organisations: those in campaign_org';
COMMENT ON COLUMN campaign.indicators IS 'How many there are in campaign_indicator';
COMMENT ON COLUMN campaign.opened IS 'When the hub noticed';
COMMENT ON COLUMN campaign.last IS 'When an organisation last had to do with it, to ten minutes';
COMMENT ON COLUMN campaign.closed IS 'When it was over; null: it is open';
COMMENT ON COLUMN campaign.closed_by IS 'Key name of the coordinator, or hub: nothing happened for long';
COMMENT ON COLUMN campaign.reason IS 'What the coordinator said; null: nothing';

-- These three name campaigns and organisations without a foreign key, as report_indicator and
-- sighting do: each check would lock a row that other batches hold, for as long as they take.
CREATE TABLE campaign_key (
	key bigint PRIMARY KEY,
	campaign_id bigint NOT NULL
);
CREATE INDEX campaign_key_campaign ON campaign_key (campaign_id);
COMMENT ON TABLE campaign_key IS 'What belongs to an open campaign: who has to do with one of these keys joins it';
COMMENT ON COLUMN campaign_key.key IS 'As activity.key';
COMMENT ON COLUMN campaign_key.campaign_id IS 'Which campaign';

CREATE TABLE campaign_indicator (
	campaign_id bigint NOT NULL,
	indicator_id bigint NOT NULL,
	added timestamptz NOT NULL,
	PRIMARY KEY (campaign_id, indicator_id)
);
CREATE INDEX campaign_indicator_indicator ON campaign_indicator (indicator_id);
COMMENT ON TABLE campaign_indicator IS 'The indicators of each campaign';
COMMENT ON COLUMN campaign_indicator.campaign_id IS 'Which campaign';
COMMENT ON COLUMN campaign_indicator.indicator_id IS 'Which indicator';
COMMENT ON COLUMN campaign_indicator.added IS 'Since when';

CREATE TABLE campaign_org (
	campaign_id bigint NOT NULL,
	org_id bigint NOT NULL,
	PRIMARY KEY (campaign_id, org_id)
);
COMMENT ON TABLE campaign_org IS 'The organisations of each campaign';
COMMENT ON COLUMN campaign_org.campaign_id IS 'Which campaign';
COMMENT ON COLUMN campaign_org.org_id IS 'Who reported or saw something of it';

-- what happens -----------------------------------------------------------------------------

CREATE TABLE event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL,
	kind text COLLATE "C" NOT NULL,
	audience text COLLATE "C" NOT NULL CHECK (audience IN ('coordinator', 'member')),
	body jsonb NOT NULL
);
CREATE INDEX event_at ON event (at);
COMMENT ON TABLE event IS 'What happened, for those who follow /v1/events and for alerts; written in the transaction of its cause';
COMMENT ON COLUMN event.id IS 'Rises in the order of the commits: event_append() sees to it, so that who has read one has missed none before it';
COMMENT ON COLUMN event.at IS 'When';
COMMENT ON COLUMN event.kind IS 'campaign, queue, log, receipt, sighting, notice';
COMMENT ON COLUMN event.audience IS 'Who may know: coordinator, or member (and coordinators)';
COMMENT ON COLUMN event.body IS 'What is sent';

CREATE TABLE receiver (
	name text COLLATE "C" PRIMARY KEY,
	words text[] NOT NULL,
	since timestamptz NOT NULL
);
COMMENT ON TABLE receiver IS 'Who is alerted, as the hub that leads is configured';
COMMENT ON COLUMN receiver.name IS 'webhook and its name, or notify';
COMMENT ON COLUMN receiver.words IS 'Of which events: kinds, and campaign-growth';
COMMENT ON COLUMN receiver.since IS 'When it was first configured';

CREATE TABLE outbox (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	delivery uuid NOT NULL DEFAULT gen_random_uuid(),
	event_id bigint NOT NULL,
	receiver text COLLATE "C" NOT NULL,
	attempts integer NOT NULL DEFAULT 0,
	due timestamptz NOT NULL,
	delivered timestamptz,
	given_up timestamptz,
	error text,
	UNIQUE (event_id, receiver)
);
CREATE INDEX outbox_due ON outbox (receiver, due) WHERE delivered IS NULL AND given_up IS NULL;
COMMENT ON TABLE outbox IS 'Alerts: written with their event, and tried until the receiver has taken them';
COMMENT ON COLUMN outbox.id IS 'Internal number';
COMMENT ON COLUMN outbox.delivery IS 'Number that the receiver is told, the same at each attempt';
COMMENT ON COLUMN outbox.event_id IS 'Of what';
COMMENT ON COLUMN outbox.receiver IS 'To whom';
COMMENT ON COLUMN outbox.attempts IS 'How often it was tried, each counted before it began';
COMMENT ON COLUMN outbox.due IS 'When it is tried next';
COMMENT ON COLUMN outbox.delivered IS 'When the receiver had taken it; null: it has not';
COMMENT ON COLUMN outbox.given_up IS 'When it was given up; null: it was not';
COMMENT ON COLUMN outbox.error IS 'What the last attempt failed on; null: on nothing';

-- The only way in: the number is given under a lock that is held until the transaction ends,
-- for nobody may see a number before a smaller one. Called last, and the commit does not wait
-- for the disk meanwhile: see audit_append().
CREATE FUNCTION event_append(at bigint[], kind text[], audience text[], body text[])
	RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	PERFORM pg_advisory_xact_lock(130160904070512);
	WITH put AS (
		INSERT INTO event AS e (at, kind, audience, body)
			SELECT to_timestamp(x.at), x.kind, x.audience, x.body::jsonb
			FROM unnest(at, kind, audience, body)
				WITH ORDINALITY AS x (at, kind, audience, body, n) ORDER BY n
			RETURNING e.id, e.at, CASE WHEN e.kind = 'campaign'
				AND e.body ->> 'change' = 'grown' THEN 'campaign-growth' ELSE e.kind END AS word)
	INSERT INTO outbox (event_id, receiver, due)
		SELECT p.id, r.name, p.at FROM put p JOIN receiver r ON p.word = ANY (r.words)
		ORDER BY p.id;
END $$;
REVOKE EXECUTE ON FUNCTION event_append FROM PUBLIC;
COMMENT ON FUNCTION event_append IS 'Adds events, in the order given, and alerts of them';

COMMIT;
