-- SPDX-License-Identifier: BSD-2-Clause
-- What `varseld run` may do, and nothing else: not one DDL statement, no change to a
-- statement, to a report or to the audit once it is written, no new key for a coordinator. Run
-- by `varseld migrate` as the tables' owner, each time; varsel.role is the role of the option
-- `database`. Every table of schema/ has its line here. What a void erases it must delete: the
-- bundle, and an indicator that nobody reported.
DO $$
DECLARE
	r record;
	role text := current_setting('varsel.role');
BEGIN
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', role);
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT EXECUTE ON FUNCTION audit_append, event_append, sighting_month,'
		' indicator_erase TO %I', role);
	FOR r IN VALUES
		('schema_migration', 'SELECT (version)'),
		('org', 'SELECT, INSERT, UPDATE (state, links, reports, last_seen)'),
		('org_key', 'SELECT, INSERT, UPDATE (switched_off)'),
		('enrol_link', 'INSERT, UPDATE (used), SELECT (secret_hash, org_id, n, expires, used)'),
		('login_key', 'SELECT (name, vkey, switched_off)'),
		('page_session', 'SELECT, INSERT, UPDATE (session_hash, opened, expires)'),
		('token_nonce', 'SELECT, INSERT, DELETE, UPDATE (at)'),
		('report', 'SELECT, INSERT, UPDATE (known, withdrawn)'),
		('indicator', 'SELECT, INSERT, DELETE, UPDATE (state, action, tlp, confidence, flags, orgs,'
			' sightings, first_seen, last_seen, changed, until, decided, reason, near, campaigns)'),
		('queue', 'SELECT'),
		('lapse', 'SELECT'),
		('report_indicator', 'SELECT, INSERT, UPDATE (withdrawn)'),
		('indicator_tag', 'SELECT, INSERT, DELETE'),
		('dispute', 'SELECT, INSERT, UPDATE (closed)'),
		('sighting', 'SELECT, INSERT, UPDATE (count, first, last)'),
		('sighting_sum', 'SELECT, INSERT, UPDATE (count)'),
		('sighting_batch', 'SELECT, INSERT'),
		('activity', 'SELECT, INSERT, DELETE, UPDATE (org_id, last)'),
		('joint', 'SELECT, INSERT, DELETE'),
		('campaign', 'SELECT, INSERT, UPDATE (orgs, indicators, last, closed, closed_by, reason)'),
		('campaign_key', 'SELECT, INSERT, DELETE'),
		('campaign_indicator', 'SELECT, INSERT'),
		('campaign_org', 'SELECT, INSERT'),
		('receipt', 'SELECT, INSERT, UPDATE'),
		('enforcement', 'SELECT, INSERT'),
		('event', 'SELECT'),
		('receiver', 'SELECT, INSERT, DELETE, UPDATE (words)'),
		('outbox', 'SELECT, DELETE, UPDATE (attempts, due, delivered, given_up, error)'),
		('root', 'SELECT (version, note)'),
		('bundle', 'SELECT, INSERT, DELETE'),
		('proposal', 'SELECT, INSERT, UPDATE (note, outcome)'),
		('log', 'SELECT, INSERT, UPDATE (size, frontier, term)'),
		('statement', 'SELECT, INSERT, UPDATE (voided_by)'),
		('checkpoint', 'INSERT, SELECT (log_id, size, root)'),
		('audit', 'SELECT'),
		('audit_cut', 'SELECT')
	LOOP
		EXECUTE format('GRANT %s ON %I TO %I', r.column2, r.column1, role);
	END LOOP;
END $$;
