//! What the periods of a quota add up to, over changes of it: what those before a change brought stays what they brought.

use argus_limits::Period;
use argus_store::{Account, Conn, Limit, OrganisationId, Refill, StoreError, organisation};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

const SECOND: i64 = 1_000_000_000;

/// Begins the accounts of the limits that add up. The period in which they begin is the first that adds.
pub(in crate::act) fn begin(limits: &mut [Limit], now: DateTime<Utc>) {
    carry_on(limits, &[], Tz::UTC, now);
}

/// Gives each limit that adds up the account of the one of its name before: what is left of that stays, and from this
/// period of the zone on each brings what the limit says now. Others begin one.
pub(in crate::act) fn carry_on(limits: &mut [Limit], before: &[Limit], zone: Tz, now: DateTime<Utc>) {
    let now = now.timestamp();
    for limit in limits.iter_mut().filter(|limit| limit.refill == Refill::Add) {
        let period = Period::of_seconds(limit.window_seconds);
        let is_it = |before: &&Limit| before.name == limit.name && Period::of_seconds(before.window_seconds) == period;
        let known = before.iter().find(is_it).and_then(|before| Some((before.limit, before.account?, period?)));
        let account = match known {
            Some((most, account, period)) => {
                let nanos = |seconds: i64| seconds.saturating_mul(SECOND);
                let ended = period.begun(zone, nanos(account.since), nanos(now)) - 1;
                let brought = (i128::from(most) - i128::from(limit.limit)) * i128::from(ended);
                let beside = i128::from(account.beside) + brought;
                Account { beside: i64::try_from(beside).unwrap_or(0), ..account }
            }
            None => Account { since: now, beside: 0 },
        };
        limit.account = Some(account);
    }
}

/// Whose days and months the quotas of an organisation follow.
pub(in crate::act) fn zone_of(conn: &mut Conn, of: OrganisationId) -> Result<Tz, StoreError> {
    let found = organisation::find(conn, of)?;
    Ok(found.and_then(|found| found.time_zone.parse().ok()).unwrap_or(Tz::UTC))
}

#[cfg(test)]
mod tests {
    use argus_store::LimitStrategy;

    use super::*;

    fn quota(limit: u64) -> Limit {
        Limit { refill: Refill::Add, ..Limit::new("monthly", LimitStrategy::Quota, limit, 30 * 86_400) }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn carried(limit: Limit, before: &[Limit], now: &str) -> Account {
        let mut limits = [limit];
        carry_on(&mut limits, before, chrono_tz::Europe::Berlin, at(now));
        limits[0].account.unwrap()
    }

    #[test]
    fn what_earlier_periods_brought_stays_what_they_brought() {
        let mut first = [quota(10), Limit { refill: Refill::Replace, ..quota(10) }];
        begin(&mut first, at("2026-01-20T00:00:00Z"));
        let [first, other] = first;
        assert_eq!(other.account, None);
        let began = Account { since: at("2026-01-20T00:00:00Z").timestamp(), beside: 0 };
        assert_eq!(first.account, Some(began));
        let before = std::slice::from_ref(&first);
        assert_eq!(carried(quota(10), before, "2026-04-01T00:00:00Z"), began, "nothing was changed");
        // January, February and March brought 10 each, and April brings 50. It is April in Berlin.
        let raised = carried(quota(50), before, "2026-03-31T22:30:00Z");
        assert_eq!(raised, Account { beside: -120, ..began });
        let raised = Limit { account: Some(raised), ..quota(50) };
        // And April 50, May 20: 30 + 50 + 20 are 5 x 20.
        assert_eq!(carried(quota(20), &[raised], "2026-05-02T00:00:00Z").beside, 0);
    }

    #[test]
    fn another_name_another_period_and_one_that_replaced_begin_anew() {
        let mut first = [quota(10)];
        begin(&mut first, at("2026-01-20T00:00:00Z"));
        let now = "2026-04-01T00:00:00Z";
        let anew = Account { since: at(now).timestamp(), beside: 0 };
        assert_eq!(carried(Limit { name: "other".to_owned(), ..quota(10) }, &first, now), anew);
        assert_eq!(carried(Limit { window_seconds: 86_400, ..quota(10) }, &first, now), anew);
        let replaced = Limit { refill: Refill::Replace, account: None, ..quota(10) };
        assert_eq!(carried(quota(10), &[replaced], now), anew);
    }
}
