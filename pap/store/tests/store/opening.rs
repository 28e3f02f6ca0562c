//! Opening, locking, reopening.

use argus_store::{Conn, Location, Store, StoreError, organisation};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::support::{add_organisation, fixture};

#[test]
fn what_was_written_is_there_after_reopening() {
    let Some(fixture) = fixture() else { return };
    drop(fixture.store);
    for _ in 0..2 {
        let store = Store::open(Location::parse(&fixture.url).unwrap()).unwrap();
        assert!(store.read(|conn| organisation::find(conn, fixture.acme)).unwrap().is_some());
        store.read(Conn::check_integrity).unwrap();
    }
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("argus.db");
    std::fs::write(&file, "").unwrap();
    let store = Store::open(&file).unwrap();
    add_organisation(&store, "acme").unwrap();
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_made() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/argus-data");
    let _store = Store::open(&data.join("argus.db")).unwrap();
    assert_eq!(data.metadata().unwrap().mode() & 0o777, 0o700);
    let files: Vec<_> = data.read_dir().unwrap().map(|file| file.unwrap()).collect();
    assert!(files.len() >= 3, "the database, its log and the lock");
    for file in files {
        assert_eq!(file.metadata().unwrap().mode() & 0o077, 0, "{}", file.path().display());
    }
}

#[test]
fn a_second_open_is_refused_and_told_who_holds_the_database() {
    let Some(fixture) = fixture() else { return };
    let refused = Store::open(fixture.store.location()).unwrap_err();
    assert!(matches!(refused, StoreError::Locked { pid: Some(pid), .. } if pid == std::process::id()), "{refused}");
    let text = format!("the database is in use by process {};", std::process::id());
    assert!(refused.to_string().starts_with(&text), "{refused}");

    let file = fixture.store.location().file().unwrap().to_owned();
    let clone = fixture.store.clone();
    drop(fixture.store);
    assert!(Store::open(&file).is_err(), "a clone is the same store");
    drop(clone);
    Store::open(&file).unwrap();
}

#[cfg(unix)]
#[test]
fn another_name_of_the_file_meets_the_same_lock() {
    let Some(fixture) = fixture() else { return };
    let link = fixture.holder.path().join("link.db");
    std::os::unix::fs::symlink(fixture.store.location().file().unwrap(), &link).unwrap();
    assert!(matches!(Store::open(&link), Err(StoreError::Locked { .. })));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("argus.db");
    std::fs::write(&file, "<PolicySet/>".repeat(1_000)).unwrap();
    let refused = Store::open(&file).unwrap_err();
    assert_eq!(refused.to_string(), "the database is damaged: file is not a database");
}

#[derive(QueryableByName)]
struct Pragmas {
    #[diesel(sql_type = diesel::sql_types::Text)]
    journal_mode: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    synchronous: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    foreign_keys: i32,
}

#[test]
fn every_connection_logs_ahead_syncs_fully_and_checks_references() {
    let query = "SELECT journal_mode, synchronous, foreign_keys \
                 FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys";
    let check = |conn: &mut Conn| {
        let Conn::Sqlite(conn) = conn else { unreachable!("the database of these tests") };
        let found: Pragmas = sql_query(query).get_result(conn.queries())?;
        assert_eq!((found.journal_mode.as_str(), found.synchronous, found.foreign_keys), ("wal", 2, 1));
        Ok(())
    };
    let Some(fixture) = fixture() else { return };
    fixture.store.write(check).unwrap();
    fixture.store.read(check).unwrap();
}
