//! What is declared of a key, by its owner, its project and its organisation.

use std::ops::Range;

use argus_store::key::{Key, KeyState};
use argus_store::{Conditions, Conn, StoreError, organisation, project};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::anomaly::Surroundings;

/// After so long it is read again: people change it.
const LASTS: TimeDelta = TimeDelta::minutes(5);

/// What a watch has to know beside what it sees.
#[derive(Debug)]
pub(super) struct Declared {
    /// Countries that every level which names any allows.
    allowed_countries: Vec<String>,
    /// The organisation's holidays, in seconds since 1970.
    quiet: Vec<Range<i64>>,
    is_rotating: bool,
    zone: Tz,
    read_at: DateTime<Utc>,
}

impl Declared {
    pub(super) fn read(conn: &mut Conn, key: &Key, at: DateTime<Utc>) -> Result<Self, StoreError> {
        let organisation = organisation::find(conn, key.organisation_id)?;
        let project = match key.project_id {
            Some(id) => project::find(conn, key.organisation_id, id)?,
            None => None,
        };
        let (policy, of_organisation, zone) = organisation
            .map(|found| (found.policy, found.conditions, found.time_zone.parse().unwrap_or(Tz::UTC)))
            .unwrap_or_default();
        let of_project = project.map(|found| found.conditions).unwrap_or_default();
        let stretch =
            |first, last: NaiveDate| Some(begin(first, zone)?..begin(last.checked_add_days(Days::new(1))?, zone)?);
        Ok(Self {
            allowed_countries: allowed_by_all(&[&of_organisation, &of_project, &key.conditions]),
            quiet: policy.holidays.iter().filter_map(|days| stretch(days.first(), days.last())).collect(),
            is_rotating: key.state == KeyState::Rotating,
            zone,
            read_at: at,
        })
    }

    /// Whether it had better be read again.
    pub(super) fn is_old(&self, at: DateTime<Utc>) -> bool {
        at < self.read_at || at - self.read_at >= LASTS
    }

    pub(super) fn around(&self) -> Surroundings<'_> {
        Surroundings {
            allowed_countries: &self.allowed_countries,
            quiet: &self.quiet,
            is_rotating: self.is_rotating,
            zone: self.zone,
        }
    }
}

/// A use meets the conditions of all levels: those that name no country allow any.
fn allowed_by_all(levels: &[&Conditions]) -> Vec<String> {
    let mut lists = levels.iter().map(|level| &level.countries).filter(|countries| !countries.is_empty());
    let Some(first) = lists.next() else { return Vec::new() };
    let others: Vec<_> = lists.collect();
    let is_allowed =
        |country: &&String| others.iter().all(|list| list.iter().any(|one| one.eq_ignore_ascii_case(country)));
    first.iter().filter(is_allowed).cloned().collect()
}

/// When a day begins; where clocks are set forward at midnight, an hour later.
fn begin(day: NaiveDate, zone: Tz) -> Option<i64> {
    let midnight = day.and_time(NaiveTime::MIN);
    let begins = |later: TimeDelta| zone.from_local_datetime(&(midnight + later)).earliest();
    begins(TimeDelta::zero()).or_else(|| begins(TimeDelta::hours(1))).map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_allowed_where_every_level_that_names_any_allows_them() {
        let level = |countries: &[&str]| Conditions {
            countries: countries.iter().map(|country| (*country).to_owned()).collect(),
            ..Conditions::default()
        };
        let (none, two, three) = (level(&[]), level(&["DE", "FR"]), level(&["FR", "GB", "de"]));
        assert_eq!(allowed_by_all(&[&none, &none]), [""; 0]);
        assert_eq!(allowed_by_all(&[&none, &two]), ["DE", "FR"]);
        assert_eq!(allowed_by_all(&[&two, &three]), ["DE", "FR"]);
        assert_eq!(allowed_by_all(&[&three, &level(&["US"])]), [""; 0]);
    }

    #[test]
    fn a_day_begins_at_midnight_where_there_is_one() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert_eq!(begin(day(2026, 12, 25), Tz::UTC), Some(1_798_156_800));
        assert_eq!(begin(day(2026, 12, 25), Tz::Europe__Berlin), Some(1_798_156_800 - 3_600));
        // Clocks went from 00:00 to 01:00.
        assert_eq!(begin(day(2017, 10, 15), Tz::America__Sao_Paulo), Some(1_508_036_400));
    }
}
