//! A limit as it is counted: compiled when the record of a key is made, so that a decision looks nothing up.

use std::time::Duration;

use argus_limits::{Limit, Period, Refill, Strategy};
use argus_store::{KeyId, Limit as StoredLimit, LimitId, LimitStrategy, Refill as StoredRefill};
use chrono_tz::Tz;

use super::words::{Word, Words};

/// A limit that uses of a key are counted by.
#[derive(Debug)]
pub(crate) struct KeyLimit {
    /// What answers call it.
    pub(super) name: Box<str>,
    pub(super) kind: Kind,
    pub(super) limit: Limit,
    /// What tells its bucket from all others.
    pub(super) bucket: Box<str>,
    /// What a use costs that doesn't say.
    pub(super) cost: u64,
    /// Uses of which actions it counts; `None`: of all.
    actions: Option<Box<[Word]>>,
    /// Uses of resources of which types; `None`: of all.
    types: Option<Box<[Word]>>,
}

/// A limit as it is kept, and what it bounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) stored: &'s StoredLimit,
    pub(crate) level: Level,
    /// Whose days and months its quotas follow.
    pub(crate) zone: Tz,
}

/// Whose limit it is. Rotation changes nothing about it: all credentials of a key share its buckets. What is derived from
/// a key uses up what that has; what keys share has one bucket for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// A key's own.
    Key {
        key: KeyId,
        /// How many steps above the key that is used; 0 for that key itself.
        above: usize,
    },
    /// That of all keys of an organisation.
    Organisation(LimitId),
    /// That of the keys of a project.
    Project(LimitId),
    /// That of the keys of an owner.
    Owner(LimitId),
}

impl Level {
    /// What answers call a limit of this name.
    fn shown(self, name: &str) -> String {
        match self {
            Self::Key { above: 0, .. } => name.to_owned(),
            Self::Key { above: 1, .. } => format!("parent:{name}"),
            Self::Key { above, .. } => format!("parent-{above}:{name}"),
            Self::Organisation(_) => format!("organisation:{name}"),
            Self::Project(_) => format!("project:{name}"),
            Self::Owner(_) => format!("owner:{name}"),
        }
    }

    fn bucket(self, name: &str) -> String {
        match self {
            Self::Key { key, .. } => format!("key:{key}:{name}"),
            Self::Organisation(id) | Self::Project(id) | Self::Owner(id) => format!("limit:{id}"),
        }
    }
}

impl KeyLimit {
    /// The limit as it is counted. The words hold all that it tells uses apart by.
    pub(super) fn compile(source: &Source<'_>, actions: &Words, types: &Words) -> Self {
        let Source { stored, level, zone } = *source;
        let (kind, strategy) = strategy(stored, zone);
        // A selection stays one, whatever becomes of its words: without it the limit would count other uses.
        let selected = |words: &Words, chosen: &[String]| {
            (!chosen.is_empty()).then(|| chosen.iter().filter_map(|word| words.find(word)).collect())
        };
        Self {
            name: level.shown(&stored.name).into(),
            kind,
            limit: countable(strategy, stored.limit, Duration::from_secs(stored.window_seconds)),
            bucket: level.bucket(&stored.name).into(),
            cost: stored.cost.unwrap_or(1),
            actions: selected(actions, &stored.actions),
            types: selected(types, &stored.resource_types),
        }
    }

    /// Whether it counts uses of this action upon resources of this type. What isn't known is of no selection.
    pub(super) fn counts(&self, action: Option<Word>, kind: Option<Word>) -> bool {
        let is_in = |selected: &Option<Box<[Word]>>, word: Option<Word>| {
            selected.as_ref().is_none_or(|selected| word.is_some_and(|word| selected.contains(&word)))
        };
        is_in(&self.actions, action) && is_in(&self.types, kind)
    }
}

/// How a limit counts, for metrics and reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    FixedWindow,
    SlidingWindow,
    TokenBucket,
    Quota,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::FixedWindow, Self::SlidingWindow, Self::TokenBucket, Self::Quota];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FixedWindow => "fixed_window",
            Self::SlidingWindow => "sliding_window",
            Self::TokenBucket => "token_bucket",
            Self::Quota => "quota",
        }
    }
}

/// Whose limit a bucket counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting<'b> {
    /// That of a key, and what that calls it.
    OfKey(KeyId, &'b str),
    /// One that keys share.
    Shared(LimitId),
}

impl<'b> Counting<'b> {
    pub(super) fn read(bucket: &'b str) -> Option<Self> {
        if let Some(id) = bucket.strip_prefix("limit:") {
            return Some(Self::Shared(id.parse().ok()?));
        }
        let (key, name) = bucket.strip_prefix("key:")?.split_once(':')?;
        Some(Self::OfKey(key.parse().ok()?, name))
    }
}

fn strategy(stored: &StoredLimit, zone: Tz) -> (Kind, Strategy) {
    match stored.strategy {
        LimitStrategy::FixedWindow => (Kind::FixedWindow, Strategy::FixedWindow),
        LimitStrategy::SlidingWindow => (Kind::SlidingWindow, Strategy::SlidingWindow),
        LimitStrategy::TokenBucket => {
            (Kind::TokenBucket, Strategy::TokenBucket { burst: stored.burst.unwrap_or(stored.limit) })
        }
        // Of a newer version of the store: counted by its number and window, which every way of counting has.
        _ => (Kind::Quota, quota(stored, zone)),
    }
}

/// A quota for as long as a period of the calendar is one for that period. One that adds without an account replaces, which
/// lets through less.
fn quota(stored: &StoredLimit, zone: Tz) -> Strategy {
    let Some(period) = Period::of_seconds(stored.window_seconds) else { return Strategy::FixedWindow };
    let refill = match stored.account.filter(|_| stored.refill == StoredRefill::Add) {
        Some(account) => Refill::Add { since: account.since.saturating_mul(1_000_000_000), beside: account.beside },
        None => Refill::Replace,
    };
    Strategy::Quota { period, zone, refill }
}

/// Numbers that can't be counted exactly become the nearest that can: leaving out a limit would open the key.
fn countable(strategy: Strategy, limit: u64, window: Duration) -> Limit {
    let bounded = Duration::from_secs(1).max(window.min(Duration::from_hours(366 * 24)));
    let most = u64::from(u32::MAX);
    let strategy = match strategy {
        Strategy::TokenBucket { burst } => Strategy::TokenBucket { burst: burst.clamp(1, Limit::MOST) },
        other => other,
    };
    let most = if strategy == Strategy::SlidingWindow { most } else { Limit::MOST };
    Limit::within(strategy, limit.clamp(1, most), bounded)
}

#[cfg(test)]
mod tests {
    use argus_store::Account;

    use super::*;

    #[test]
    fn a_quota_of_a_calendars_length_follows_the_calendar() {
        const DAY: u64 = 86_400;
        let stored = |window_seconds| StoredLimit::new("quota", LimitStrategy::Quota, 1, window_seconds);
        let is_period = |days: u64, wanted| {
            let found = quota(&stored(days * DAY), Tz::UTC);
            matches!(found, Strategy::Quota { period, refill: Refill::Replace, .. } if period == wanted)
        };
        assert!(is_period(1, Period::Day) && is_period(7, Period::Week) && is_period(366, Period::Year));
        assert!((28..=31).all(|days| is_period(days, Period::Month)));
        assert_eq!(quota(&stored(2 * DAY), Tz::UTC), Strategy::FixedWindow);
        assert_eq!(quota(&stored(DAY + 1), Tz::UTC), Strategy::FixedWindow);
        let adds = |refill, account| match quota(&StoredLimit { refill, account, ..stored(DAY) }, Tz::UTC) {
            Strategy::Quota { refill, .. } => Some(refill),
            _ => None,
        };
        let account = Account { since: 7, beside: -3 };
        let adding = Refill::Add { since: 7_000_000_000, beside: -3 };
        assert_eq!(adds(StoredRefill::Add, Some(account)), Some(adding));
        assert_eq!(adds(StoredRefill::Add, None), Some(Refill::Replace));
        assert_eq!(adds(StoredRefill::Replace, Some(account)), Some(Refill::Replace));
    }

    #[test]
    fn numbers_beyond_what_is_counted_still_limit() {
        let limit = |strategy| countable(strategy, u64::MAX, Duration::ZERO);
        assert_eq!(limit(Strategy::SlidingWindow).most_at_once(), u64::from(u32::MAX));
        assert_eq!(limit(Strategy::TokenBucket { burst: 0 }).most_at_once(), 1);
        assert_eq!(limit(Strategy::FixedWindow).window(), Duration::from_secs(1));
    }
}
