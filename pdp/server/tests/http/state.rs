//! `/healthz`, `/readyz` and `/metrics`.

use std::fs;

use crate::support::{Installation, get, installation, policy_folder, question};

#[actix_web::test]
async fn a_decision_point_says_that_it_lives_and_may_be_asked() {
    let installation = installation();
    let alive = installation.send(get("/healthz")).await;
    assert_eq!((alive.status, alive.json()["status"].as_str()), (200, Some("ok")));
    let ready = installation.send(get("/readyz")).await;
    assert_eq!((ready.status, ready.json()["status"].as_str()), (200, Some("ready")));
    assert_eq!(ready.json()["policies"]["origin"], "shipped");
    assert_eq!(ready.json()["snapshot"]["sequence"], installation.pdp.applied_sequence());
    for answer in [alive, ready] {
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[actix_web::test]
async fn a_broken_policy_keeps_the_old_ones_in_force_and_is_named_with_its_line() {
    let installation = Installation::start(|settings, folder| {
        settings.policies = Some(policy_folder(folder));
    });
    let scope = installation.folder.path().join("policies/scope.xml");
    let good = fs::read_to_string(&scope).unwrap();
    fs::write(&scope, good.replace("Effect=\"Permit\"", "Effect=\"Allow\"")).unwrap();
    assert!(installation.pdp.reload_policies().is_err());

    let degraded = installation.send(get("/readyz")).await;
    assert_eq!((degraded.status, degraded.json()["status"].as_str()), (200, Some("degraded")));
    let problem = &degraded.json()["policies"]["problems"][0];
    assert_eq!(problem["code"], "bad-effect", "{degraded:?}");
    assert!(problem["file"].as_str().unwrap().ends_with("scope.xml") && problem["line"].as_u64() > Some(1));
    let asked = question(&installation.reader, "read", "acme/atlas/evidence/42");
    assert_eq!(installation.verify(&installation.pep, &asked).await.json()["decision"], "Permit");

    fs::write(&scope, good).unwrap();
    installation.pdp.reload_policies().unwrap();
    assert_eq!(installation.send(get("/readyz")).await.json()["status"], "ready");
}

#[actix_web::test]
async fn decisions_are_counted_by_door_and_reason() {
    let installation = installation();
    let asked = question(&installation.reader, "write", "acme/atlas/evidence/42");
    installation.verify(&installation.pep, &asked).await;
    let shown = installation.send(get("/metrics")).await;
    assert_eq!(shown.status, 200);
    assert!(shown.header("content-type").starts_with("text/plain"), "{shown:?}");
    let counted = |line: &&str| line.contains("scope_missing") && line.contains("verify") && line.ends_with(" 1");
    assert!(shown.text.lines().any(|line| counted(&line)), "{}", shown.text);
    assert!(!shown.text.contains("argus_test_"));
}
