-- SPDX-License-Identifier: BSD-2-Clause
-- What `varseld retain` may do: take away what is old. Run by `varseld migrate` as the tables'
-- owner; varsel.role is the role of the option `database-retain`. It is not the hub's: who
-- breaks into the hub must not be able to take away rows of the audit.
DO $$
DECLARE
	r record;
	role text := current_setting('varsel.role');
BEGIN
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION audit_append, sighting_drop TO %I', role);
	FOR r IN VALUES
		('token_nonce', 'SELECT, DELETE'),
		('enrol_link', 'SELECT, DELETE'),
		('page_session', 'SELECT, DELETE'),
		('report', 'SELECT (id, received, note), UPDATE (note, comment)'),
		('dispute', 'SELECT, DELETE'),
		('proposal', 'SELECT, DELETE'),
		('sighting_sum', 'SELECT, DELETE'),
		('sighting_batch', 'SELECT, DELETE'),
		('enforcement', 'SELECT, DELETE'),
		('activity', 'SELECT, DELETE'),
		('joint', 'SELECT, DELETE'),
		('campaign', 'SELECT, DELETE'),
		('campaign_indicator', 'SELECT, DELETE'),
		('campaign_org', 'SELECT, DELETE'),
		('outbox', 'SELECT, DELETE'),
		('event', 'SELECT, DELETE'),
		('audit', 'SELECT, DELETE'),
		('audit_cut', 'SELECT, INSERT, DELETE')
	LOOP
		EXECUTE format('GRANT %s ON %I TO %I', r.column2, r.column1, role);
	END LOOP;
END $$;
