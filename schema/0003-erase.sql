-- SPDX-License-Identifier: BSD-2-Clause
-- What must not be kept goes everywhere at once. Run as 0001-base.sql is.
BEGIN;

INSERT INTO schema_migration (version, name) VALUES (3, 'erase');

-- The hub's role cannot change a report, an event or what a campaign is called. This function
-- is the exception, and takes away only: rows of one indicator, and the texts that hold it.
-- A note that names it goes whole, as less of it could not be verified. Locks are taken in
-- the order of server/db/campaign.c; the caller has the indicator's row.
CREATE FUNCTION indicator_erase(gone bigint, own_key bigint, text_of text)
	RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	held bigint[];
BEGIN
	DELETE FROM activity WHERE key = own_key;
	SELECT array_agg(id) INTO held FROM (SELECT id FROM campaign
		WHERE key = text_of OR id IN (SELECT campaign_id FROM campaign_indicator
			WHERE indicator_id = gone)
		ORDER BY id FOR NO KEY UPDATE) c;
	DELETE FROM campaign_key WHERE key = own_key;
	UPDATE campaign c SET indicators = c.indicators - 1
		WHERE id IN (SELECT campaign_id FROM campaign_indicator WHERE indicator_id = gone);
	UPDATE campaign c SET key = '(erased)' WHERE id = ANY (held) AND key = text_of;
	DELETE FROM campaign_indicator WHERE indicator_id = gone;
	UPDATE event e SET body = jsonb_set(e.body, '{key}', '"(erased)"')
		WHERE e.kind = 'campaign' AND e.body ->> 'key' = text_of;
	UPDATE event e SET body = jsonb_set(e.body, '{indicators}', coalesce(
			(SELECT jsonb_agg(x) FROM jsonb_array_elements(e.body -> 'indicators') x
				WHERE (x ->> 'id')::bigint <> gone), '[]'))
		WHERE e.kind = 'campaign' AND e.body -> 'indicators'
			@> jsonb_build_array(jsonb_build_object('id', gone));
	UPDATE event e SET body = jsonb_set(e.body, '{title}',
			to_jsonb(replace(e.body ->> 'title', text_of, '(erased)')))
		WHERE e.kind = 'notice' AND position(text_of IN e.body ->> 'title') > 0;
	UPDATE report SET note = '', comment = '' WHERE octet_length(note) > 0
		AND id IN (SELECT report_id FROM report_indicator WHERE indicator_id = gone);
	DELETE FROM report_indicator WHERE indicator_id = gone;
	DELETE FROM joint WHERE indicator_id = gone;
	DELETE FROM sighting WHERE indicator_id = gone;
	DELETE FROM dispute WHERE indicator_id = gone;
	DELETE FROM indicator_tag WHERE indicator_id = gone OR tag = text_of;
	DELETE FROM indicator WHERE id = gone;
	-- what people wrote of others, and what a receiver answered
	UPDATE dispute SET reason = replace(reason, text_of, '(erased)')
		WHERE position(text_of IN reason) > 0;
	UPDATE indicator SET reason = replace(reason, text_of, '(erased)')
		WHERE position(text_of IN reason) > 0;
	UPDATE campaign SET reason = replace(reason, text_of, '(erased)')
		WHERE position(text_of IN reason) > 0;
	UPDATE outbox SET error = replace(error, text_of, '(erased)')
		WHERE position(text_of IN error) > 0;
END $$;
REVOKE EXECUTE ON FUNCTION indicator_erase FROM PUBLIC;
COMMENT ON FUNCTION indicator_erase IS 'Takes an indicator, and what holds its value, out of every table but the lists of statements and the audit';

COMMIT;
