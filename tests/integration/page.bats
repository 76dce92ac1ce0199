#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The situation page in a real Chromium: both languages, both themes, with data and without;
# accessible, silent, live, and never asking anybody but the hub. With $VARSEL_SHOTS its
# pictures are kept in that folder.

setup_file() {
	load lib
	hub_start
	sed '1s/.*/code,name/' "$ROOT/server/web/kommuner.csv" | cut -d, -f1,2 >"$BATS_FILE_TMPDIR/all.csv"
	export MODULES=$ROOT/build/page
	CHROMIUM=$(command -v chromium)
	export CHROMIUM
	export SHOTS=${VARSEL_SHOTS:-$BATS_FILE_TMPDIR}
	[ -d "$MODULES/node_modules" ] || {
		echo 'the npm modules are not there; deploy/install-deps test brings them'
		return 1
	}
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

# look WHO ACTION...: what the browser saw goes to $tmp/saw. WHO is a municipality's code,
# ctl, or nobody.
look() {
	local who=$1 link
	shift
	case $who in
	ctl) link=$(ctl page) ;;
	nobody) link=$(hub_url)/ ;;
	*) link=$(as "$who" page) ;;
	esac
	node "$ROOT/tests/page/look.mjs" "$link" "$@" >"$tmp/saw"
}

saw() {
	jq -e "$@" "$tmp/saw" >"$tmp/jq" || {
		jq 'del(.requests) | .texts |= map(.[:300])' "$tmp/saw"
		return 1
	}
}

# No complaint of the browser, no violation, no request elsewhere.
clean() {
	# shellcheck disable=SC2016 # $hub is jq's
	saw --arg hub "$(hub_url)/" '.ready == "board" and .complaints == [] and .violations == [] and .script == ""
		and (.requests | length > 10 and all(startswith("GET " + $hub)))'
}

# 98 municipalities, three of which have a client; reports, sightings, decisions. What the
# others would have sent is copied, with a few that have trouble, and a week of sightings.
fill() {
	local now row c
	ctl org import "$BATS_FILE_TMPDIR/all.csv"
	for c in 0101:København 0751:Aarhus 0851:Aalborg; do
		devhub enrol "$HUB" "${c%:*}" "${c#*:}"
	done
	printf 'evil.example\n45.1.1.159\nhttps://bad.example/x.zip\n' | as 0101 push -
	printf 'evil.example\nfaktura@bad.example\n' | as 0751 push -
	as 0851 push - <<<evil.example
	ctl approve --reason test evil.example 45.1.1.159
	as 0101 pull
	as 0751 pull
	printf '# Phishing mod lønkontorer\n\nSe efter mail fra bad.example.\n' |
		ctl notice --severity warning -
	now=$(date -u +%FT%TZ)
	row="\"first\":\"$now\",\"last\":\"$now\",\"source\":\"dns\"}"
	get 0101 /v1/sightings -H 'Content-Type: application/json' \
		-d "{\"sightings\":[{\"value\":\"evil.example\",\"count\":30,$row,{\"value\":\"45.1.1.159\",\"count\":12,$row]}"
	status_is 200
	sql "INSERT INTO receipt SELECT o.id, r.key_name, r.note, r.issued, r.received, r.root_version, r.size, r.at,
			r.active_count, r.active_sha256, r.outputs, r.failed, r.hold
		FROM org o, (SELECT r.* FROM receipt r JOIN org o ON o.id = r.org_id WHERE o.code = '0101') r
		WHERE o.code NOT IN ('0492', '0563', '0787', '0851') ON CONFLICT DO NOTHING;
	UPDATE receipt SET hold = 'freeze: the newest checkpoint is 26 hours old'
		WHERE org_id = (SELECT id FROM org WHERE code = '0615');
	UPDATE receipt SET active_sha256 = sha256('another') WHERE org_id = (SELECT id FROM org WHERE code = '0621');
	UPDATE receipt SET received = now() - interval '7 hours', size = 0
		WHERE org_id IN (SELECT id FROM org WHERE code IN ('0219', '0550', '0840'));
	UPDATE org SET state = 'suspended' WHERE code = '0665';
	INSERT INTO enforcement SELECT o.id, l.id, 0, now() - interval '1 hour',
			now() - interval '1 hour' + (15 + 7 * (o.id % 40)) * interval '1 second'
		FROM org o, log l ON CONFLICT DO NOTHING;
	INSERT INTO sighting_sum SELECT date_trunc('hour', now(), 'UTC') - h * interval '1 hour', o.id, k,
			(3 + (o.id * 7 + h * 3) % 17) * (o.id % 9) * (1 + 3 * exp(-power(h - 20, 2) / 200.0))
		FROM generate_series(1, 167) h, org o, unnest(ARRAY['domain', 'ip', 'url', 'email']) WITH ORDINALITY k (k, n)
		WHERE (o.id + h) % (5 * n) = 0 AND o.id % 9 > 0 AND o.code <> '0101'"
}

@test "every word stands once in both languages, and is used" {
	run node "$ROOT/tests/page/words.mjs" "$ROOT/server/web"
	echo "$output"
	[[ "$output" =~ ^[1-9][0-9]*' words'$ ]]
}

@test "nobody is signed in: the page says how, in both languages, and shows nothing" {
	look nobody axe text=#signin language=da text=#signin
	saw '.ready == "signin" and .violations == [] and .passes > 10'
	saw '(.texts[0] | contains("varselctl page") and contains("Sign in")) and (.texts[1] | contains("Log ind"))'
	saw '[.requests[] | select(contains("/v1/"))] | unique | length == 1'
}

@test "without data every panel says so, in both languages and themes" {
	look ctl language=da theme=light axe "shot=$SHOTS/empty-da-light.png" text=#board theme=dark axe \
		language=en axe "shot=$SHOTS/empty-en-dark.png" text=#board theme=light axe
	clean
	saw '.texts[0] | contains("Ingen åbne kampagner.") and contains("Ingen varsler.") and contains("Ingen indikatorer endnu.")
		and contains("Intet er set de seneste 7 dage.") and contains("Ingen kommuner endnu.")'
	saw '.texts[1] | contains("No open campaigns.") and contains("No notices.") and contains("No indicators yet.")
		and contains("Nothing was seen in the last 7 days.") and contains("No municipalities yet.")'
}

@test "with data: every panel, both languages, both themes, as map and as table" {
	fill
	look ctl language=da theme=light axe "shot=$SHOTS/page-da-light.png" text=#board colour=body \
		theme=dark axe "shot=$SHOTS/page-da-dark.png" colour=body \
		language=en axe "shot=$SHOTS/page-en-dark.png" text=#board \
		theme=auto "shot=$SHOTS/page-en-light.png" colour=body mode=seen axe "shot=$SHOTS/sightings-en-light.png"
	clean
	saw '.lang == "en" and .title == "Varsel – situation"'
	saw '[.texts[1], .texts[2], .texts[4]] == ["rgb(241, 244, 247)", "rgb(12, 20, 27)", "rgb(241, 244, 247)"]'
	saw '.texts[0] | contains("evil.example") and contains("København") and contains("følger med") and contains("ingen kvittering") and contains("venter") and contains("afviger") and contains("bagud")
		and contains("domæner") and contains("Phishing mod lønkontorer") and contains("advarsel")
		and contains("samme indikator") and contains("3 kommuner") and contains("København, Aarhus, Aalborg") and (contains("Ingen indikatorer endnu") | not)'
	saw '.texts[3] | contains("current") and contains("no receipt yet")'
}

@test "the map is walked with the keyboard, and stands beside it as a table" {
	look ctl language=en keys=Home text=#map-detail keys=ArrowLeft text=#map-detail keys=Escape text=#map-detail \
		'click=#map-panel summary' text=#map-table 'click=#chart-panel summary' text=#chart-table axe
	clean
	saw '(.texts[0] | startswith("København, current")) and (.texts[1] | test("^[A-ZÆØÅ].*, (current|late)"))
		and .texts[1] != .texts[0] and .texts[2] == ""'
	saw '.texts[3] | test("0101\\tKøbenhavn\\tcurrent\\t.*\\t42\\n") and contains("0851\tAalborg\tno receipt yet")'
	saw '.texts[4] | split("\n") | length == 10 or length == 9'
}

@test "it is live: a receipt and a campaign are seen without a reload" {
	[ "$(ctl coverage --json | jq -r '.orgs[] | select(.code == "0851").state')" = never ]
	look ctl language=en await=#place-0851.state-never await=#place-0851.state-current \
		'await=#campaigns .card:nth-child(2)' text=#campaigns 2>"$tmp/err" &
	local looking=$! c
	timeout 30 bash -c "until grep -q waiting '$tmp/err'; do sleep 0.1; done"
	as 0851 pull
	for c in 0101 0751 0851; do
		as "$c" push - <<<spread.example
	done
	wait "$looking"
	clean
	saw '.texts[0] | contains("spread.example") and contains("3 municipalities")'
	saw '[.requests[] | select(endswith("/v1/page"))] | length == 1'
}

@test "a municipality sees itself, and of the others nothing but where they are" {
	look 0101 language=en axe "shot=$SHOTS/member-en-light.png" text=#coverage text=#map-legend language=da text=#map-hint
	clean
	saw '(.texts[0] | contains("0101") and (contains("0751") | not)) and (.texts[1] | test("current\\s*1\\s") and test("not shown\\s*97"))'
	saw '.texts[2] | startswith("I kan se jeres egen kommune")'
}
