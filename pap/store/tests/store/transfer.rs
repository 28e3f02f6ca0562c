//! An installation that moves to another database: nothing of it is left behind, and nothing is put in its place.

use argus_store::node::{self, Node, NodeRole};
use argus_store::transfer::{Over, TransferError, count, export, import};
use argus_store::{Conn, NodeId, PageSize, Store, credential, key, organisation};
use diesel::connection::SimpleConnection;

use crate::database;
use crate::support::{Fixture, act, add_key, add_organisation, add_project, fixture, minute, sequence};

/// Rows of the tables that no act of the store's own tests fills. What is at 1,000,000 is out of the way of real ones.
const ROWS: &str = r#"
    INSERT INTO policy_documents (path, digest, kind, policy_id, version, text, imported_at, current)
        VALUES ('root.xml', 'ab', 'policy', 'urn:root', '1.0', '<Policy>ü "q" \ </Policy>', '2027-01-15 08:00:00', TRUE),
               ('root.xml', 'aa', 'policy', 'urn:root', '0.9', '', '2027-01-15 08:00:00.5', FALSE),
               ('Ärger.xml', 'aa', 'policy_set', 'urn:b', '1', 'a' || 'b', '2027-01-15 08:00:00.123456', TRUE);
    INSERT INTO wrapped_keys (id, purpose, version, envelope, created_at, retired_at)
        VALUES ('w1', 'other', 7, '{"sealed":"x"}', '2027-01-15 08:00:00', '2027-01-16 08:00:00.000001');
    INSERT INTO settings (key, value) VALUES ('installation_id', 'first'), ('B', ''), ('a', 'null');
    INSERT INTO audit_entries
        (sequence, at, event, organisation_id, actor, target_kind, target_id, entry, previous, hash)
        VALUES (1000000, '2027-01-15 08:00:00', 'key.created', 'o', 'host', 'key', 'k', '{"a":1}',
                '0000000000000000000000000000000000000000000000000000000000000000',
                '1111111111111111111111111111111111111111111111111111111111111111');
    INSERT INTO audit_checkpoints (sequence, hash, at, key_id, signature)
        VALUES (1000000, 'h', '2027-01-15 08:00:00', 'k', 's');
    INSERT INTO persons (id, name_digest, envelope, created_at, destroyed_at)
        VALUES ('p1', 'd', 'e', '2027-01-15 08:00:00', NULL),
               ('p2', NULL, NULL, '2027-01-15 08:00:00', '2027-01-15 09:00:00');
    INSERT INTO outbox (id, kind, organisation_id, key_id, recipient, payload, dedup_key, due_at, created_at)
        VALUES ('m1', 'notice', (SELECT min(id) FROM organisations), 'k', 'ada', '{}', 'd1', '2027-01-15 08:00:00',
                '2027-01-15 08:00:00');
    INSERT INTO contacts (id, organisation_id, kind, address, events, state, created_at, generation)
        VALUES ('c1', (SELECT min(id) FROM organisations), 'email', 'ada', '[]', 'active', '2027-01-15 08:00:00', 1);
    INSERT INTO deliveries (id, contact_id, organisation_id, notice_id, kind, recipient, payload, noticed_at, state,
            attempts, due_at, created_at)
        VALUES ('d1', 'c1', (SELECT min(id) FROM organisations), 'm1', 'notice', 'ada', '{}', '2027-01-15 08:00:00',
                'waiting', 0, '2027-01-15 08:00:00', '2027-01-15 08:00:00');
    INSERT INTO credential_callers (credential_id, address, user_agent, last_seen_at)
        VALUES ('000000000001', '', 'curl', '2027-01-15 08:00:00'), ('000000000001', '::1', '', '2027-01-15 08:00:00');
    INSERT INTO idempotency (caller, route, idempotency_key, body_digest, status, answer, key_id, created_at)
        VALUES ('c', 'r', 'b', 'd', 201, NULL, NULL, '2027-01-15 08:00:00'),
               ('c', 'r', 'B', 'd', 200, '{}', NULL, '2027-01-15 08:00:00');
    INSERT INTO signing_keys (kid, algorithm, public_jwk, envelope, state, published_at, signing_at, retired_at, gone_at)
        VALUES ('s1', 'RS256', '{}', 'e', 'published', '2027-01-15 08:00:00', NULL, NULL, NULL);
    INSERT INTO revoked_tokens (jti, key_id, expires_at, revoked_at)
        VALUES ('t1', 'k', '2027-01-15 08:00:00', '2027-01-15 07:00:00');
    INSERT INTO used_assertions (client_id, jti, expires_at) VALUES ('c', 'j', '2027-01-15 08:00:00');
    INSERT INTO usage (granularity, starts_at, organisation, key_id, requests, permits, denials, not_applicable, errors,
                       cost, parts, latency)
        VALUES ('minute', 60, 'acme', 'k', 3, 1, 1, 0, 1, 5, '{"reason":{}}', '700:3'),
               ('day', 0, 'acme', '', 1, 1, 0, 0, 0, 0, '', '');
    INSERT INTO usage_distinct (granularity, starts_at, organisation, key_id, kind, sketch)
        VALUES ('minute', 60, 'acme', 'k', 'address', 'fAAAA');
    INSERT INTO usage_writers (node_id, batch, written_at) VALUES ('n', 7, '2027-01-15 08:00:00.5');
    INSERT INTO quota_uses (bucket, window_seconds, ends_at, used) VALUES ('key:k:daily', 90000, 1800000000, 9007199254740992);
    INSERT INTO limits (id, organisation_id, project_id, owner, name, definition, created_at, generation)
        VALUES ('l1', (SELECT min(id) FROM organisations), NULL, 'ada', 'daily', '{}', '2027-01-15 08:00:00', 1);
    INSERT INTO decisions (id, at, organisation, door, caller_key_id, key_id, decision, reason, action, resource, address,
                           microseconds, policy_id, policy_version, policy_set, is_evaluated, request, response, redacted)
        VALUES ('d', '2027-01-15 08:00:00.123456', 'acme', 'verify', 'c', NULL, 'Deny', 'scope_missing', 'read', 'acme/x',
                NULL, 17, 'urn:root', '1.0', 'sha256:ab', TRUE, '{}', '{}', '[]');
    INSERT INTO policy_sets (digest, members) VALUES ('sha256:ab', '[["root.xml", "ab"]]');
    INSERT INTO watches (key_id, memory, looked_at)
        VALUES ((SELECT min(id) FROM keys), 'AQ==', '2027-01-15 08:00:00');
    INSERT INTO sightings (node_id, batch, seen, written_at) VALUES ('n', 3, 'AQ==', '2027-01-15 08:00:00.5');
    INSERT INTO anomalies (id, organisation_id, key_id, detector, severity, explanation, evidence, since, first_seen_at,
                           last_seen_at, times, earlier_times, state, is_learned, generation)
        VALUES ('a1', (SELECT min(id) FROM organisations), (SELECT min(id) FROM keys), 'volume', 'high', 'ü', '{}', 7,
                '2027-01-15 08:00:00', '2027-01-15 08:00:00.000001', 3, 1, 'open', TRUE, 1);
    INSERT INTO reviews (id, organisation_id, state, started_at, started_by, ended_at, ended_by, statement)
        VALUES ('r1', (SELECT min(id) FROM organisations), 'signed', '2027-01-15 08:00:00', 'host',
                '2027-01-15 08:00:00.5', 'host', 'ü'),
               ('r2', (SELECT min(id) FROM organisations), 'open', '2027-01-15 08:00:00', 'host', NULL, NULL, NULL);
    INSERT INTO review_items (review_id, key_id, key_path, owner, state, scopes, expires_at, last_used_at, verdict, reason,
                              decided_at, decided_by)
        VALUES ('r1', (SELECT min(id) FROM keys), 'acme/x', 'ada', 'active', '[]', '2027-01-15 08:00:00.000001', NULL,
                'keep', 'ß', '2027-01-15 08:00:00', 'host'),
               ('r2', (SELECT min(id) FROM keys), 'acme/x', 'ada', 'active', '[]', NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO leases (name, holder, until) VALUES ('sweeper', 'n', '2027-01-15 08:00:00');
"#;

fn run(store: &Store, statements: &str) {
    let done = store.write(|conn| {
        match conn {
            Conn::Sqlite(conn) => conn.queries().batch_execute(statements)?,
            Conn::Postgres(conn) => conn.queries().batch_execute(statements)?,
            other => unreachable!("{other:?}"),
        }
        Ok(())
    });
    done.unwrap();
}

/// Every table has a row, and some have more than are read at once.
fn fill(fixture: &Fixture) {
    let store = &fixture.store;
    add_organisation(store, "globex").unwrap();
    let atlas = add_project(store, fixture.acme, "atlas").unwrap();
    let keys: Vec<_> = (0..250).map(|n| add_key(fixture, Some(atlas.id), &format!("k-{n}"), n).unwrap()).collect();
    let id = |n: usize| keys.get(n).unwrap().id;
    let revocation = key::Revocation { cause: key::RevocationCause::Leak, reason: "a\n\"reason\" \u{1F511}".into() };
    store.write(|conn| key::revoke(conn, &act(fixture.acme, minute(7)), id(3), &revocation)).unwrap();
    // A key that is older by its id than the one above it, as where two clocks made them.
    run(store, &format!("UPDATE keys SET parent_key_id = '{}' WHERE id = '{}'", id(200), id(100)));
    run(store, ROWS);
    store.write_aside(|conn| node::report(conn, &silent_node())).unwrap();
    let empty: Vec<_> = store.read(count).unwrap().into_iter().filter(|table| table.rows == 0).collect();
    assert!(empty.is_empty(), "nothing shows that these are moved: {empty:?}");
}

/// One that ended long ago, by whatever clock.
fn silent_node() -> Node {
    Node {
        id: NodeId::new(minute(0)),
        role: NodeRole::Pdp,
        address: "gone:8180".to_owned(),
        sequence: 4,
        seen_at: minute(-10_000_000),
        longest_staleness_seconds: Some(30),
        clock_ahead_milliseconds: -3,
    }
}

fn exported(store: &Store) -> Vec<u8> {
    let mut text = Vec::new();
    let moved = export(store, &mut text).unwrap();
    assert_eq!(moved.rows, moved.tables.iter().map(|table| table.rows).sum::<u64>());
    text
}

fn read(store: &Store, text: &[u8], over: Over) -> Result<(), TransferError> {
    import(store, &mut &*text, over, minute(0)).map(drop)
}

fn file() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Store::open(&folder.path().join("argus.db")).unwrap(), folder)
}

#[test]
fn an_installation_that_moved_there_and_back_is_what_it_was_to_the_last_byte() {
    let Some(fixture) = fixture() else { return };
    let (first, _folder) = file();
    let started = Fixture { acme: add_organisation(&first, "acme").unwrap(), store: first, ..fixture };
    fill(&started);
    let before = exported(&started.store);
    let (second, _, _holder) = database::open().unwrap();
    read(&second, &before, Over::Nothing).unwrap();
    assert_eq!(exported(&second), before, "there");
    let (third, _folder) = file();
    read(&third, &exported(&second), Over::Nothing).unwrap();
    assert_eq!(exported(&third), before, "and back");
    third.read(Conn::check_integrity).unwrap();

    for moved in [&second, &third] {
        let all = |store: &Store| store.read(argus_store::snapshot::load_credentials).unwrap();
        assert_eq!(all(moved), all(&started.store));
        let listed = moved.read(|conn| organisation::list(conn, None, PageSize::default())).unwrap().items;
        assert_eq!(listed.len(), 2);
        let kept = moved.read(|conn| credential::find(conn, "000000000003")).unwrap();
        assert_eq!(kept, started.store.read(|conn| credential::find(conn, "000000000003")).unwrap());
        // The feed goes on where it was.
        let last = sequence(&started.store);
        assert_eq!(sequence(moved), last);
        add_organisation(moved, "initech").unwrap();
        assert_eq!(sequence(moved), last + 1);
        // References are as strict as before.
        moved.write(|conn| key::begin(conn, &act(started.acme, minute(9)), listed_key(&started))).unwrap();
    }
}

fn listed_key(fixture: &Fixture) -> argus_store::KeyId {
    let page = fixture.store.read(|conn| key::list(conn, &key::KeyFilter::default(), None, PageSize::default()));
    page.unwrap().items.first().unwrap().id
}

#[test]
fn a_database_that_is_not_empty_is_replaced_only_where_that_is_asked() {
    let Some(fixture) = fixture() else { return };
    let (source, _folder) = file();
    add_organisation(&source, "moved").unwrap();
    let (before, text) = (exported(&fixture.store), exported(&source));
    let refused = read(&fixture.store, &text, Over::Nothing).unwrap_err();
    assert!(matches!(refused, TransferError::NotEmpty { rows: 2.. }), "{refused}");
    assert_eq!(exported(&fixture.store), before);
    let atlas = add_project(&fixture.store, fixture.acme, "atlas").unwrap();
    let [above, below] = [1, 2].map(|n| add_key(&fixture, Some(atlas.id), &format!("k-{n}"), n).unwrap().id);
    run(&fixture.store, &format!("UPDATE keys SET parent_key_id = '{above}' WHERE id = '{below}'"));
    read(&fixture.store, &text, Over::Everything).unwrap();
    assert_eq!(exported(&fixture.store), text);
}

#[test]
fn a_database_that_a_node_works_on_is_not_replaced() {
    let Some(fixture) = fixture() else { return };
    if fixture.store.location().file().is_some() {
        // Held by its lock: nobody else can be there.
        return;
    }
    let text = exported(&fixture.store);
    let now = fixture.store.read(argus_store::read_clock).unwrap().unwrap();
    let at_work = Node { seen_at: now, address: "node:8180".to_owned(), ..silent_node() };
    fixture.store.write_aside(|conn| node::report(conn, &at_work)).unwrap();
    let refused = read(&fixture.store, &text, Over::Everything).unwrap_err();
    assert!(matches!(&refused, TransferError::InUse { address } if address == "node:8180"), "{refused}");
}

#[test]
fn an_export_that_was_cut_off_or_changed_is_refused_and_leaves_nothing() {
    let Some(fixture) = fixture() else { return };
    let (text, (empty, _folder)) = (exported(&fixture.store), file());
    let nothing = exported(&empty);
    let line_ends: Vec<usize> = (0..text.len()).filter(|at| text[*at] == b'\n').map(|at| at + 1).collect();
    let cuts = line_ends.iter().take(line_ends.len() - 1).copied().chain([0, 10, text.len() - 1]);
    for cut in cuts {
        read(&empty, &text[..cut], Over::Nothing).unwrap_err();
    }
    let whole = String::from_utf8(text.clone()).unwrap();
    let changed = [
        whole.replacen("\"acme\"", "\"evil\"", 1),
        whole.replacen("argus-export", "argus-import", 1),
        whole.replacen("\"version\":1", "\"version\":2", 1),
        whole.replacen("\"organisations\":{", "\"organisation\":{", 1),
        whole.replacen("\"generation\":1", "\"generation\":true", 1),
        whole.replacen("\"generation\":1", "\"colour\":1", 1),
        format!("{whole}\n"),
    ];
    for text in changed {
        assert_ne!(text, whole);
        read(&empty, text.as_bytes(), Over::Nothing).unwrap_err();
    }
    assert_eq!(exported(&empty), nothing);
    read(&empty, &text, Over::Nothing).unwrap();
}

#[test]
fn a_table_that_this_program_does_not_know_is_not_left_behind() {
    let Some(fixture) = fixture() else { return };
    for (change, unknown) in [
        ("ALTER TABLE projects ADD COLUMN colour TEXT", "projects.colour"),
        ("CREATE TABLE paintings (id TEXT NOT NULL PRIMARY KEY)", "paintings.id"),
    ] {
        let Some((store, _, _holder)) = database::open() else { return };
        run(&store, change);
        let refused = export(&store, &mut Vec::new()).unwrap_err();
        assert!(matches!(&refused, TransferError::Unknown(name) if name == unknown), "{refused}");
    }
    drop(fixture);
}
