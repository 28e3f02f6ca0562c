//! `GET /v1/usage`: what keys were used for.

use argus_engine::scope::Action;
use argus_insight::usage::{Grouping, LineId, Quantiles, UsageLine, report};
use argus_store::usage::{Granularity, UsageFilter};
use argus_store::{KeyId, key};
use chrono::{DateTime, TimeDelta};
use serde::Serialize;
use utoipa::ToSchema;

use super::named_organisation;
use crate::csv::quoted;
use crate::cursor::{self, Stretch};
use crate::resource::{HOST, Own};
use crate::view::{Listed, Time};
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// Usage in one stretch of time, or of one group in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsageView {
    /// The beginning of the stretch.
    starts_at: Time,
    /// How long it is: `minute`, `hour` or `day`.
    #[schema(value_type = String)]
    granularity: Granularity,
    /// The group, where lines are divided. What no known key was presented for is `organisation/`, or empty.
    group: Option<String>,
    /// What for, where lines are divided by whose keys were used as well: `DE` of `key,country`.
    part: Option<String>,
    /// The key, where lines are divided by key.
    #[schema(value_type = Option<String>)]
    key_id: Option<KeyId>,
    /// Decisions.
    requests: i64,
    /// Those that permitted.
    permits: i64,
    /// Those that denied.
    denials: i64,
    /// Those for which no policy applies.
    not_applicable: i64,
    /// Those for which the policies could not be evaluated.
    errors: i64,
    /// What the permitted ones cost. A use of which only the most was known, and reserved, costs nothing until it is
    /// settled, and then what it came to, in the stretch in which it was decided about.
    cost: i64,
    /// How long they took, within 1 %; none where lines are divided by what keys were used for.
    latency: Option<LatencyView>,
    /// How many different addresses they came from, within 2 %.
    addresses: Option<u64>,
    /// How many different resources were asked for, within 2 %.
    resources: Option<u64>,
}

/// How long decisions took, in microseconds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LatencyView {
    /// Half of them took no longer.
    p50_microseconds: f64,
    /// 95 of a hundred took no longer.
    p95_microseconds: f64,
    /// 99 of a hundred took no longer.
    p99_microseconds: f64,
}

/// In what form usage is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsageFormat {
    /// JSON.
    Json,
    /// Comma-separated values (RFC 4180).
    Csv,
}

impl std::str::FromStr for UsageFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            _ => Err(()),
        }
    }
}

impl Admin {
    /// A page of usage, and the form that the query asks for. Needs `<organisation>/argus/usage:read`. Without
    /// `organisation` it is that of the caller's own, and for a caller of `argus` all there is.
    pub async fn list_usage(
        &self,
        call: &Call,
        mut query: Query,
    ) -> Result<(Listed<UsageView>, Option<UsageFormat>), AdminError> {
        let organisation = organisation_for(call, &mut query)?;
        let granularity = query.take_word("granularity", "`minute`, `hour` and `day`").unwrap_or(Granularity::Hour);
        let grouping = query.take_word::<Grouping>("group_by", Grouping::WORDS).unwrap_or_default();
        let format = query.take_word::<UsageFormat>("format", "`json` and `csv`");
        let key = query.take_word::<KeyId>("key", "the ids of keys");
        let before = query.take_time("before").unwrap_or_else(|| self.now());
        let from = query.take_time("from").unwrap_or(before - span(granularity));
        if from > before {
            query.fault("from", FaultCode::InvalidField, "`from` lies behind `before`".to_owned(), None);
        }
        self.with_store(move |store| {
            if let Some(id) = key {
                let found = store.read(|conn| key::find(conn, id))?;
                let is_own = found.is_some_and(|key| {
                    organisation.as_deref().is_none_or(|own| key.path().split('/').next() == Some(own))
                });
                if !is_own {
                    query.fault("key", FaultCode::NotFound, format!("there is no key `{id}`"), None);
                }
            }
            let filter = UsageFilter {
                granularity,
                organisation,
                keys: key.map(|key| vec![key]),
                from: granularity.start(from.timestamp()),
                before: before.timestamp().saturating_add(1),
            };
            // Without `before` it moves on from page to page.
            let bound = format!("usage {granularity} {:?} {key:?} {grouping:?}", filter.organisation);
            let Stretch { after, size } = query.finish::<LineId>(&bound)?;
            let read = |conn: &mut _| report(conn, &filter, grouping, after.as_ref(), size.items());
            let (lines, more) = store.read(read)?;
            let last = lines.last().map(|line| line.id.clone()).filter(|_| more);
            let items = lines.into_iter().map(|line| view(line, granularity, grouping)).collect();
            Ok((Listed { items, next_cursor: last.map(|last| cursor::write(&last, &bound)) }, format))
        })
        .await
    }
}

/// How much is shown where the query doesn't say.
const fn span(granularity: Granularity) -> TimeDelta {
    match granularity {
        Granularity::Minute => TimeDelta::hours(1),
        Granularity::Day => TimeDelta::days(30),
        _ => TimeDelta::days(1),
    }
}

/// The organisation whose usage is asked for, where the caller may read it; `None` for that of all.
fn organisation_for(call: &Call, query: &mut Query) -> Result<Option<String>, AdminError> {
    let own = call.caller().organisation();
    let everywhere = own == HOST && !query.has("organisation");
    let organisation = named_organisation(query, own)?;
    call.require(&organisation, Own::Usage, Action::Read)?;
    Ok((!everywhere).then_some(organisation))
}

fn view(line: UsageLine, granularity: Granularity, grouping: Grouping) -> UsageView {
    let UsageLine { id, key, counts, latency, addresses, resources } = line;
    UsageView {
        starts_at: Time(DateTime::from_timestamp(id.starts_at, 0).unwrap_or_default()),
        granularity,
        group: (grouping != Grouping::default()).then_some(id.group),
        part: (grouping.whose.is_some() && grouping.part.is_some()).then_some(id.part),
        key_id: key,
        requests: counts.requests,
        permits: counts.permits,
        denials: counts.denials,
        not_applicable: counts.not_applicable,
        errors: counts.errors,
        cost: counts.cost,
        latency: latency.map(LatencyView::new),
        addresses,
        resources,
    }
}

impl LatencyView {
    fn new(quantiles: Quantiles) -> Self {
        // The sketch leaves a hundredth of its 1 % to rounding: a microsecond may be off by a tenth of a nanosecond.
        let microseconds = |nanoseconds: f64| (nanoseconds * 10.0).round() / 10_000.0;
        Self {
            p50_microseconds: microseconds(quantiles.p50),
            p95_microseconds: microseconds(quantiles.p95),
            p99_microseconds: microseconds(quantiles.p99),
        }
    }
}

impl UsageView {
    /// The names of the columns of [`UsageView::to_csv`].
    pub const CSV_HEAD: &'static str = "starts_at,granularity,group,key_id,requests,permits,denials,not_applicable,\
        errors,cost,p50_microseconds,p95_microseconds,p99_microseconds,addresses,resources,part\r\n";

    /// A line of comma-separated values.
    pub fn to_csv(&self) -> String {
        let latency = |of: fn(&LatencyView) -> f64| self.latency.as_ref().map(|latency| of(latency).to_string());
        let number = |count: Option<u64>| count.map(|count| count.to_string());
        let cells = [
            Some(self.starts_at.0.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
            Some(self.granularity.to_string()),
            self.group.as_deref().map(quoted),
            self.key_id.map(|id| id.to_string()),
            Some(self.requests.to_string()),
            Some(self.permits.to_string()),
            Some(self.denials.to_string()),
            Some(self.not_applicable.to_string()),
            Some(self.errors.to_string()),
            Some(self.cost.to_string()),
            latency(|of| of.p50_microseconds),
            latency(|of| of.p95_microseconds),
            latency(|of| of.p99_microseconds),
            number(self.addresses),
            number(self.resources),
            self.part.as_deref().map(quoted),
        ];
        cells.map(Option::unwrap_or_default).join(",") + "\r\n"
    }
}
