//! Notices on their way out.

use argus_admin::Handover;
use argus_store::organisation::OrganisationPolicy;
use chrono::TimeDelta;

use crate::{day, on_both, sweep, sweeper};

#[test]
fn a_notice_is_handed_over_by_one_carrier_and_by_another_where_that_one_is_gone() {
    on_both(OrganisationPolicy::default(), |fixture| {
        fixture.add("deploy", |_| {});
        fixture.add("backup", |_| {});
        sweep(&mut sweeper(&fixture.store), day(80));
        let mail = Handover::new(fixture.store.clone()).unwrap();
        let again = Handover::new(fixture.other_node()).unwrap();
        let claimed = mail.claim(day(80), 10).unwrap();
        assert_eq!(claimed.notices.len(), 2);
        assert_eq!(again.claim(day(80), 10).unwrap().notices.len(), 0, "they are held");
        let [first, second] = &claimed.notices[..] else { panic!("two") };
        assert!(claimed.handed(first.id, day(80)).unwrap());

        // The first carrier is gone for a minute: the other gets what is left, under the same id.
        let later = day(80) + TimeDelta::minutes(1);
        let taken_over = again.claim(later, 10).unwrap();
        assert_eq!(taken_over.notices.iter().map(|notice| notice.id).collect::<Vec<_>>(), [second.id]);
        assert!(!claimed.handed(second.id, later).unwrap(), "it comes back too late");
        assert!(taken_over.put_off(second.id, later + TimeDelta::minutes(5)).unwrap());
        assert_eq!(mail.claim(later + TimeDelta::minutes(4), 10).unwrap().notices.len(), 0);
        let last = mail.claim(later + TimeDelta::minutes(5), 10).unwrap();
        assert!(last.handed(second.id, later).unwrap());
        assert!(!last.handed(second.id, later).unwrap(), "once");
        let shown = serde_json::to_value(&last.notices).unwrap();
        assert_eq!((&shown[0]["type"], &shown[0]["organisation"]), (&"key.expiry_ahead".into(), &"acme".into()));
        assert_eq!(shown[0]["data"]["days"], 14);
    });
}
