//! An export, and nothing else.

use argus_admin::audit::verify::Known;
use serde_json::{Value, json};

use crate::{check, check_with, export, fill, installations, of_acme, outside, place, root, told};

#[tokio::test]
async fn an_export_is_whole_and_says_how_far_it_goes() {
    for installation in installations() {
        fill(&installation).await;
        let lines = export(&installation, &root()).await;
        let report = check_with(&lines, &outside(&installation));
        assert_eq!(told(&report), "whole", "{:?}", report.broken);
        assert_eq!((report.first, report.entries, report.hidden, report.organisation), (1, 14, 0, None));
        assert_eq!((report.checkpoints, report.later_checkpoints), (2, 0));
        let head: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(head["export"]["ends"]["sequence"], json!(report.last));
    }
}

#[tokio::test]
async fn an_organisation_checks_its_own_entries_between_the_digests_of_others() {
    for installation in installations() {
        fill(&installation).await;
        let lines = export(&installation, &of_acme()).await;
        let report = check(&lines);
        assert_eq!(told(&report), "whole", "{:?}", report.broken);
        assert_eq!((report.entries, report.hidden, report.organisation.as_deref()), (7, 7, Some("acme")));
        assert!(!lines.concat().contains("beta"), "nothing of another organisation is told");
        let mut changed = lines.clone();
        changed[place(&lines, 6)] = lines[place(&lines, 6)].replace("acme/p-0", "acme/p-9");
        assert_eq!(told(&check(&changed)), "altered 6");
        // A digest that is another: the next entry that is shown doesn't hold on to it.
        let mut changed = lines.clone();
        changed[place(&lines, 9)] = flip(&lines[place(&lines, 9)]);
        assert_eq!(told(&check(&changed)), "spliced 10");
    }
}

/// The line with the first digit of its digest another.
fn flip(line: &str) -> String {
    let (head, rest) = line.split_once(":\"").unwrap();
    let other = if rest.starts_with('0') { "1" } else { "0" };
    let rest: String = rest.chars().skip(1).collect();
    format!("{head}:\"{other}{rest}")
}

#[tokio::test]
async fn no_octet_of_an_export_can_be_changed_unseen() {
    let installation = installations().remove(0);
    fill(&installation).await;
    let whole = export(&installation, &root()).await.join("\n") + "\n";
    for at in (0..whole.len() - 1).step_by(5) {
        let mut octets = whole.clone().into_bytes();
        octets[at] ^= 1;
        let report = argus_admin::audit::verify::verify(&*octets, &Known::default()).unwrap();
        let around: String = whole.chars().skip(at.saturating_sub(20)).take(40).collect();
        assert!(report.broken.is_some(), "octet {at} of {around}");
    }
}

#[tokio::test]
async fn an_entry_that_is_changed_is_named() {
    for installation in installations() {
        fill(&installation).await;
        let lines = export(&installation, &root()).await;
        for sequence in 3..=14 {
            let mut lines = lines.clone();
            let at = place(&lines, sequence);
            lines[at] = lines[at].replace("\"outcome\":\"done\"", "\"outcome\":\"dome\"");
            assert_eq!(told(&check(&lines)), format!("altered {sequence}"));
        }
    }
}

#[tokio::test]
async fn an_entry_that_is_taken_out_is_missed() {
    for installation in installations() {
        fill(&installation).await;
        let lines = export(&installation, &root()).await;
        for sequence in 1..14 {
            let mut lines = lines.clone();
            lines.remove(place(&lines, sequence));
            // Behind the eighth a checkpoint stands, which says that there is one.
            let expected = if sequence == 8 { "truncated" } else { "removed" };
            assert_eq!(told(&check(&lines)), format!("{expected} {sequence}"));
        }
    }
}

#[tokio::test]
async fn a_pair_that_changes_places_is_seen() {
    for installation in installations() {
        fill(&installation).await;
        let lines = export(&installation, &root()).await;
        for sequence in (1..14).filter(|sequence| *sequence != 8) {
            let mut lines = lines.clone();
            let (one, other) = (place(&lines, sequence), place(&lines, sequence + 1));
            lines.swap(one, other);
            assert_eq!(told(&check(&lines)), format!("reordered {sequence}"));
        }
    }
}

#[tokio::test]
async fn a_tail_that_is_cut_off_is_missed() {
    for installation in installations() {
        fill(&installation).await;
        let lines = export(&installation, &root()).await;
        for kept in 1..14 {
            let mut lines = lines.clone();
            lines.truncate(place(&lines, kept + 1));
            assert_eq!(told(&check(&lines)), format!("truncated {}", kept + 1));
        }
        let mut ended = lines.clone();
        ended.truncate(1);
        assert_eq!(told(&check(&ended)), "truncated 1");
    }
}

#[tokio::test]
async fn an_entry_of_another_chain_is_not_let_in() {
    let installation = installations().remove(0);
    fill(&installation).await;
    let lines = export(&installation, &root()).await;
    let other = crate::installation();
    fill(&other).await;
    let others = export(&other, &root()).await;
    let mut spliced = lines.clone();
    let at = place(&spliced, 5);
    spliced[at].clone_from(&others[place(&others, 5)]);
    assert_eq!(told(&check(&spliced)), "spliced 5");
    // The whole of another chain, under this one's head.
    let mut replaced = others.clone();
    replaced[0].clone_from(&lines[0]);
    assert_eq!(told(&check(&replaced)).split(' ').next(), Some("forged"));
}

#[tokio::test]
async fn a_chain_that_was_signed_anew_is_told_by_its_key_and_by_checkpoints_kept_elsewhere() {
    let (installation, other) = (crate::installation(), crate::installation());
    fill(&installation).await;
    fill(&other).await;
    let forged = export(&other, &root()).await;
    assert_eq!(told(&check(&forged)), "whole", "nothing in it says that it is another");
    let key_id = check(&export(&installation, &root()).await).key_ids.remove(0);
    let report = check_with(&forged, &Known { key_id: Some(key_id), ..Known::default() });
    assert_eq!(told(&report).split(' ').next(), Some("forged"));
    let report = check_with(&forged, &outside(&installation));
    assert_eq!(told(&report).split(' ').next(), Some("forged"));
}

#[tokio::test]
async fn what_is_no_export_is_told() {
    for text in ["", "{}\n", "{\"export\":{}}\n", "not json\n"] {
        let report = argus_admin::audit::verify::verify(text.as_bytes(), &Known::default()).unwrap();
        assert_eq!(told(&report), "unreadable 0", "{text}");
    }
}
