//! A database that somebody writes to past Argus.

use argus_admin::audit::Tended;
use argus_admin::audit::verify::Breach;
use argus_admin::{AdminError, Query};
use argus_store::{Conn, audit};
use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;

use crate::support::{Installation, noon};
use crate::{check, check_with, export, fill, installations, make_project, of_acme, outside, root, told};

/// Writes to the database as its administrator could.
fn tamper(installation: &Installation, sql: &str) {
    let write = |conn: &mut Conn| match conn {
        Conn::Sqlite(conn) => Ok(conn.queries().batch_execute(sql)?),
        Conn::Postgres(conn) => Ok(conn.queries().batch_execute(sql)?),
        other => unreachable!("{other:?}"),
    };
    installation.store.write(write).unwrap();
}

/// What the export of a tampered database comes to.
async fn told_after(sql: &str, expected: &str) {
    for installation in installations() {
        fill(&installation).await;
        installation.tender.sign_now(noon()).unwrap();
        tamper(&installation, sql);
        let lines = export(&installation, &root()).await;
        assert_eq!(told(&check(&lines)), expected, "{sql}");
    }
}

#[tokio::test]
async fn a_changed_octet_in_the_database_is_seen() {
    told_after(
        "UPDATE audit_entries SET entry = replace(entry, 'acme/p-1', 'acme/p-7') WHERE sequence = 7",
        "altered 7",
    )
    .await;
    told_after("UPDATE audit_entries SET hash = previous WHERE sequence = 9", "altered 9").await;
    told_after("UPDATE audit_entries SET entry = 'x' WHERE sequence = 9", "altered 9").await;
    told_after("UPDATE audit_entries SET organisation_id = 'x' WHERE sequence = 9", "altered 9").await;
}

#[tokio::test]
async fn a_row_that_is_taken_out_is_missed() {
    told_after("DELETE FROM audit_entries WHERE sequence = 6", "removed 6").await;
    told_after("DELETE FROM audit_entries WHERE sequence = 1", "removed 1").await;
}

#[tokio::test]
async fn a_pair_of_rows_that_changes_places_is_seen() {
    let swap = "UPDATE audit_entries SET sequence = 1000 WHERE sequence = 10;
                UPDATE audit_entries SET sequence = 10 WHERE sequence = 11;
                UPDATE audit_entries SET sequence = 11 WHERE sequence = 1000";
    for installation in installations() {
        fill(&installation).await;
        installation.tender.sign_now(noon()).unwrap();
        tamper(&installation, swap);
        let report = check(&export(&installation, &root()).await);
        let broken = report.broken.unwrap();
        assert!(broken.sequence == 10 || broken.sequence == 11, "{broken}");
    }
}

#[tokio::test]
async fn a_tail_that_is_cut_off_is_missed_and_never_signed_over() {
    for installation in installations() {
        fill(&installation).await;
        installation.tender.sign_now(noon()).unwrap();
        tamper(&installation, "DELETE FROM audit_entries WHERE sequence > 11");
        let lines = export(&installation, &root()).await;
        assert_eq!(told(&check(&lines)), "truncated 12");
        let Tended::Broken(broken) = installation.tender.tend(noon() + TimeDelta::hours(1)).unwrap() else {
            panic!("a cut chain was signed")
        };
        assert_eq!((broken.what, broken.sequence), (Breach::Truncated, 12));
    }
}

#[tokio::test]
async fn a_tail_that_is_cut_off_with_its_checkpoints_is_missed_by_those_kept_outside() {
    for installation in installations() {
        fill(&installation).await;
        installation.tender.sign_now(noon()).unwrap();
        let known = outside(&installation);
        tamper(
            &installation,
            "DELETE FROM audit_entries WHERE sequence > 11; DELETE FROM audit_checkpoints WHERE sequence > 11",
        );
        let lines = export(&installation, &root()).await;
        assert_eq!(told(&check(&lines)), "whole", "the database alone can't tell");
        assert_eq!(told(&check_with(&lines, &known)), "truncated 12");
    }
}

#[tokio::test]
async fn a_checkpoint_is_signed_after_a_thousand_entries_or_a_minute_with_any() {
    for installation in installations() {
        let tender = &installation.tender;
        fill(&installation).await;
        let at = |seconds| noon() + TimeDelta::seconds(seconds);
        // The first one was signed at noon.
        let first = installation.store.read(audit::find_last_checkpoint).unwrap().unwrap();
        assert_eq!((first.sequence, first.at), (8, noon()));
        assert!(tender.keys().public()[&first.key_id].has_signed(&first), "the first is signed like any other");
        assert_eq!(outside(&installation).checkpoints, [first]);
        assert_eq!(tender.tend(at(59)).unwrap(), Tended::Nothing);
        let Tended::Signed(signed) = tender.tend(at(60)).unwrap() else { panic!("none was signed") };
        assert_eq!((signed.sequence, signed.at), (14, at(60)));
        assert!(tender.keys().public()[&signed.key_id].has_signed(&signed));
        assert_eq!(tender.tend(at(600)).unwrap(), Tended::Nothing, "nothing happened since");
        assert_eq!(outside(&installation).checkpoints.last(), Some(&signed));
        make_project(&installation, "acme", "r").await;
        assert_eq!(tender.tend(at(61)).unwrap(), Tended::Nothing);
        let Tended::Signed(signed) = tender.tend(at(601)).unwrap() else { panic!("none was signed") };
        assert_eq!(signed.sequence, 15);
    }
}

#[tokio::test]
async fn old_segments_are_cut_off_at_a_checkpoint_and_the_rest_is_whole() {
    for installation in installations() {
        fill(&installation).await;
        let at = |days| noon() + TimeDelta::days(days);
        let keys = installation.tender.keys().clone();
        let host = installation.store.read(|conn| argus_store::organisation::find_by_name(conn, "argus")).unwrap();
        let tender = argus_admin::audit::AuditTender::new(installation.store.clone(), keys, host.unwrap().id)
            .keeping(Some(TimeDelta::days(30)));
        tender.tend(at(1)).unwrap();
        assert_eq!(installation.store.read(|conn| audit::list_after(conn, 0, 100)).unwrap().len(), 14);
        // The first checkpoint, at entry 8, is thirty days old.
        tender.tend(at(30)).unwrap();
        let left = installation.store.read(|conn| audit::list_after(conn, 0, 100)).unwrap();
        assert_eq!((left.first().unwrap().sequence, left.last().unwrap().sequence), (9, 15));
        let report = check(&export(&installation, &root()).await);
        assert_eq!((told(&report).as_str(), report.first, report.last), ("whole", 9, 15));
        // All of it, and a new entry all the same holds on to what was there.
        tender.tend(at(31)).unwrap();
        tender.tend(at(90)).unwrap();
        let report = check(&export(&installation, &root()).await);
        assert_eq!(told(&report), "whole", "{:?}", report.broken);
        assert!(report.first > 15);
        let listed = installation.admin.list_audit(&root(), Query::default()).await.unwrap();
        let listed = serde_json::to_value(&listed.items).unwrap();
        assert_eq!(listed[0]["event"], "audit.cut");
    }
}

#[tokio::test]
async fn checkpoints_are_for_who_may_read_the_audit_of_the_installation() {
    for installation in installations() {
        fill(&installation).await;
        installation.tender.sign_now(noon()).unwrap();
        let listed = installation.admin.list_checkpoints(&root(), Query::default()).await.unwrap();
        assert!(!listed.items.is_empty());
        let refused = installation.admin.list_checkpoints(&of_acme(), Query::default()).await.unwrap_err();
        let needs =
            matches!(&refused, AdminError::NotPermitted { needed_scope } if needed_scope == "argus/argus/audit:read");
        assert!(needs, "{refused}");
    }
}
