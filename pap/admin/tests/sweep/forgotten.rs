//! What guards against replays, forgotten when nothing can be replayed any more.

use argus_store::organisation::OrganisationPolicy;
use argus_store::{revoked_token, used_assertion};
use chrono::TimeDelta;

use crate::{day, on_both, sweep, sweeper};

#[test]
fn revoked_tokens_and_used_assertions_are_forgotten_an_hour_after_their_end() {
    on_both(OrganisationPolicy::default(), |fixture| {
        let key = fixture.add("client", |_| {});
        let end = |minutes| day(1) + TimeDelta::minutes(minutes);
        for (id, minutes) in [("early", 10), ("late", 20)] {
            let (at, act) = (end(minutes), fixture.act(day(1)));
            fixture.store.write(|conn| revoked_token::revoke(conn, &act, key.id, (id, at))).unwrap();
            fixture.store.write_aside(|conn| used_assertion::note(conn, "client", id, at, day(0))).unwrap();
        }
        let mut sweeper = sweeper(&fixture.store);
        let mut forgotten = |minutes| {
            let forgotten = sweep(&mut sweeper, end(minutes)).forgotten;
            (forgotten.tokens, forgotten.assertions)
        };
        assert_eq!(forgotten(69), (0, 0), "a clock may have been ahead");
        assert_eq!(forgotten(75), (1, 1));
        let left = |id: &str| fixture.store.read(|conn| revoked_token::find(conn, id)).unwrap().is_some();
        assert_eq!((left("early"), left("late")), (false, true));
        // One that was forgotten would be new again; it is refused for its age long before.
        let is_new = |id| fixture.store.write_aside(|conn| used_assertion::note(conn, "client", id, end(10), day(0)));
        assert_eq!((is_new("early").unwrap(), is_new("late").unwrap()), (true, false));
        assert_eq!(forgotten(90), (1, 2));
    });
}
