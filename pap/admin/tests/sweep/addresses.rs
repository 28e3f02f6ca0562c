//! Addresses in the log of decisions, which become networks after 30 days.

use argus_store::KeyId;
use argus_store::decision::{self, Decision, PolicySet};
use argus_store::evidence::find_logged_addresses;
use argus_store::organisation::OrganisationPolicy;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::{day, on_both, sweep, sweeper};

/// Decided at a time, with an id of that time.
fn decided(at: DateTime<Utc>, address: Option<&str>) -> Decision {
    let milliseconds = at.timestamp_millis();
    let ip = json!({"AttributeId": "urn:acme:ip", "Value": address.unwrap_or("none")});
    Decision {
        id: format!("{:08x}-{:04x}-7000-8000-000000000000", milliseconds >> 16, milliseconds & 0xFFFF),
        at,
        organisation: "acme".into(),
        door: "pdp".into(),
        caller_key_id: KeyId::new(day(0)),
        key_id: None,
        decision: "Permit".into(),
        reason: None,
        action: None,
        resource: None,
        address: address.map(Into::into),
        microseconds: 1,
        policy_id: "urn:root".into(),
        policy_version: "1".into(),
        policy_set: "sha256:ab".into(),
        is_evaluated: true,
        request: json!({"Request": {"Environment": {"Attribute": [ip]}}}).to_string(),
        response: json!({"Response": [{"Decision": "Permit"}]}).to_string(),
        redacted: "[]".into(),
    }
}

#[test]
fn they_are_cut_after_thirty_days_and_once() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let hour = |hours| day(0) + TimeDelta::hours(hours);
        let rows: Vec<_> = (0..1_203)
            .map(|n| {
                let address = format!("203.0.113.{}", n % 250 + 1);
                decided(hour(0) + TimeDelta::seconds(n), (n % 3 < 2).then_some(address.as_str()))
            })
            .chain([decided(hour(2), Some("2001:db8:1:2::9"))])
            .collect();
        let set = PolicySet { digest: "sha256:ab".into(), members: "[]".into() };
        fixture.store.write_aside(|conn| decision::add(conn, &rows, std::slice::from_ref(&set))).unwrap();
        let in_full = || fixture.store.read(|conn| find_logged_addresses(conn, Some("acme"))).unwrap();
        let mut sweeper = sweeper(&fixture.store).keeping_decisions(90);
        assert_eq!(sweep(&mut sweeper, hour(0) + TimeDelta::days(30)).addresses_cut, 0);
        assert_eq!(in_full(), (803, Some(hour(0))));
        assert_eq!(sweep(&mut sweeper, hour(1) + TimeDelta::days(30)).addresses_cut, 802);
        assert_eq!(in_full(), (1, Some(hour(2))));

        let found = |id: &str| fixture.store.read(|conn| decision::find(conn, id)).unwrap().unwrap();
        let first = found(&rows[0].id);
        assert_eq!(first.address.as_deref(), Some("203.0.113.0/24"));
        assert_eq!((first.redacted.as_str(), first.request.contains("203.0.113.0\"")), (r#"["urn:acme:ip"]"#, true));
        assert_eq!(first.response, rows[0].response);
        assert_eq!(found(&rows[2].id), rows[2], "nothing there is an address");

        // What has gone by is not looked at again, and what comes later is.
        assert_eq!(sweep(&mut sweeper, hour(1) + TimeDelta::days(31)).addresses_cut, 1);
        assert_eq!(found(&rows[1_203].id).address.as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(sweep(&mut sweeper, hour(2) + TimeDelta::days(31)).addresses_cut, 0);
        assert_eq!(in_full(), (0, None));
    });
}
